namespace Lyceum.ChatService.Reports;

/// <summary>A name and how often it came.</summary>
/// <param name="Name">The name.</param>
/// <param name="Count">How often.</param>
public sealed record Counted(string Name, long Count);

/// <summary>A student by pseudonym, and how the student asks.</summary>
/// <param name="Learner">The pseudonym.</param>
/// <param name="Questions">How many questions.</param>
/// <param name="Executive">How many of them asked to have it done.</param>
/// <param name="NeedsGuidance">Whether that is over 60 % of more than five.</param>
public sealed record AskingLearner(string Learner, long Questions, long Executive, bool NeedsGuidance);

/// <summary>The answer of <c>GET /tutor/courses/{course}/report</c>: what was asked since a day.</summary>
/// <param name="Since">From when on, UTC.</param>
/// <param name="Questions">How many questions.</param>
/// <param name="Answers">How many answers were given to the end.</param>
/// <param name="Students">How many students asked.</param>
/// <param name="First">When the first of these questions was asked, UTC; null for none.</param>
/// <param name="Last">When the last was, UTC; null for none.</param>
/// <param name="Classes">Questions by class.</param>
/// <param name="Objectives">Questions by learning objective, the most frequent first, 50 at most.</param>
/// <param name="Notebooks">Questions by notebook, the most frequent first, 20 at most.</param>
/// <param name="Learners">The students who asked most, 50 at most.</param>
/// <param name="Flagged">All students whose way of asking needs guidance, 200 at most.</param>
public sealed record CourseReport(
    DateTimeOffset Since,
    long Questions,
    long Answers,
    long Students,
    DateTimeOffset? First,
    DateTimeOffset? Last,
    IReadOnlyList<Counted> Classes,
    IReadOnlyList<Counted> Objectives,
    IReadOnlyList<Counted> Notebooks,
    IReadOnlyList<AskingLearner> Learners,
    IReadOnlyList<AskingLearner> Flagged);
