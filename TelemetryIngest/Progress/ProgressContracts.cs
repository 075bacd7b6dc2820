namespace Lyceum.TelemetryIngest.Progress;

/// <summary>How far a class has got with a notebook's exercises.</summary>
/// <param name="Course">The course's slug.</param>
/// <param name="Notebook">The notebook's path; null when nobody has run a cell of any yet.</param>
/// <param name="Notebooks">The notebooks that there are, by how many learners ran something in them.</param>
/// <param name="Cells">The exercises: cells that enough learners ran, in the order in which they come to them.</param>
/// <param name="Learners">Those who ran something in the notebook, or were in it last; by pseudonym.</param>
public sealed record CourseProgress(
    string Course, string? Notebook, IReadOnlyList<NotebookProgress> Notebooks, IReadOnlyList<ExerciseProgress> Cells, IReadOnlyList<LearnerProgress> Learners);

/// <summary>A notebook of the course.</summary>
/// <param name="Notebook">Its path.</param>
/// <param name="Learners">How many learners ran a cell of it.</param>
public sealed record NotebookProgress(string Notebook, int Learners);

/// <summary>An exercise over the class.</summary>
/// <param name="Cell">The cell's id.</param>
/// <param name="Code">The first line of what was run in it last; null when unknown.</param>
/// <param name="Tried">How many learners are at it.</param>
/// <param name="Stuck">How many are stuck.</param>
/// <param name="Solved">How many have solved it.</param>
/// <param name="MedianTries">The median of the executions up to the first success, over those who have solved it; null without any.</param>
public sealed record ExerciseProgress(string Cell, string? Code, int Tried, int Stuck, int Solved, double? MedianTries);

/// <summary>One learner's way through the exercises.</summary>
/// <param name="Learner">The pseudonym.</param>
/// <param name="States">A letter for each exercise: <c>-</c> not started, <c>t</c> tried, <c>x</c> stuck, <c>s</c> solved.</param>
/// <param name="Tries">For each exercise the executions up to the first that succeeded, or all without one.</param>
/// <param name="Reliance">The tutor's share of the code that the learner added in the notebook, 0 to 1; null when none was, or it is not known.</param>
public sealed record LearnerProgress(string Learner, string States, IReadOnlyList<int> Tries, double? Reliance);
