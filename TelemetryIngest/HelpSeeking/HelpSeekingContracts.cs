namespace Lyceum.TelemetryIngest.HelpSeeking;

/// <summary>What kinds of help a class asks the tutor for.</summary>
/// <param name="Course">The course's slug.</param>
/// <param name="From">The first day, UTC.</param>
/// <param name="To">The last day, UTC, inclusive.</param>
/// <param name="Questions">How many questions.</param>
/// <param name="Learners">How many learners asked.</param>
/// <param name="Classes">By class of question, the most frequent first.</param>
/// <param name="Objectives">By learning objective, the most frequent first.</param>
/// <param name="ByLearner">Those who asked, the most questions first.</param>
public sealed record CourseHelpSeeking(
    string Course, DateOnly From, DateOnly To, int Questions, int Learners, IReadOnlyList<QuestionGroup> Classes, IReadOnlyList<ObjectiveQuestions> Objectives,
    IReadOnlyList<LearnerQuestions> ByLearner);

/// <summary>Questions of a class.</summary>
/// <param name="Class"><c>instrumental</c>, <c>executive</c> or <c>other</c>; empty when it is not known.</param>
/// <param name="Questions">How many.</param>
/// <param name="Learners">By how many learners.</param>
public sealed record QuestionGroup(string Class, int Questions, int Learners);

/// <summary>Questions about a learning objective.</summary>
/// <param name="Objective">The objective; empty for questions that have none.</param>
/// <param name="Questions">How many.</param>
/// <param name="Learners">By how many learners.</param>
/// <param name="Classes">By class, the most frequent first.</param>
public sealed record ObjectiveQuestions(string Objective, int Questions, int Learners, IReadOnlyList<QuestionGroup> Classes);

/// <summary>One learner's questions.</summary>
/// <param name="Learner">The pseudonym.</param>
/// <param name="Questions">How many.</param>
/// <param name="ExecutiveShare">The share of executive ones among those that are instrumental or executive, 0 to 1; null without either.</param>
public sealed record LearnerQuestions(string Learner, int Questions, double? ExecutiveShare);
