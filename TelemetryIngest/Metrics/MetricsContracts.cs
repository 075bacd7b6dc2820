namespace Lyceum.TelemetryIngest.Metrics;

/// <summary>What a course's executions come to in a span of time; formulas and references are in docs/metrics.md.</summary>
/// <param name="Course">The course's slug.</param>
/// <param name="From">The start of the span, UTC, inclusive.</param>
/// <param name="To">Its end, UTC, exclusive.</param>
/// <param name="Learners">By pseudonym.</param>
/// <param name="Cells">The cells that were run, by notebook and id.</param>
public sealed record CourseMetrics(
    string Course, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<LearnerMetrics> Learners, IReadOnlyList<CellMetrics> Cells);

/// <summary>One learner's metrics.</summary>
/// <param name="Learner">The pseudonym.</param>
/// <param name="Executions">Executions of code cells, each once.</param>
/// <param name="Failures">Those that failed.</param>
/// <param name="ErrorQuotient">0 to 1; null without two executions in a row.</param>
/// <param name="RepeatedErrorDensity">0 and more.</param>
/// <param name="Watwin">0 to 1; null without a pair that counts.</param>
/// <param name="TimeOnTask">Seconds.</param>
/// <param name="Cells">What the learner did about each cell.</param>
public sealed record LearnerMetrics(
    string Learner, int Executions, int Failures, double? ErrorQuotient, double RepeatedErrorDensity, double? Watwin, double TimeOnTask, IReadOnlyList<CellAttempts> Cells);

/// <summary>A learner's way to a cell's first success.</summary>
/// <param name="Notebook">The notebook's path; null when it is not known.</param>
/// <param name="Cell">The cell's id.</param>
/// <param name="Attempts">Executions up to the first success, that included, or all of them without one.</param>
/// <param name="TimeToSuccess">Seconds from the first execution to the end of the first that succeeded; null without one.</param>
public sealed record CellAttempts(string? Notebook, string Cell, int Attempts, double? TimeToSuccess);

/// <summary>A cell over all learners.</summary>
/// <param name="Notebook">The notebook's path; null when it is not known.</param>
/// <param name="Cell">The cell's id.</param>
/// <param name="Learners">How many ran it.</param>
/// <param name="Solved">How many of them had a success.</param>
/// <param name="MedianAttempts">The median of their attempts.</param>
/// <param name="MedianTimeToSuccess">The median of the seconds of those who had a success; null without any.</param>
public sealed record CellMetrics(string? Notebook, string Cell, int Learners, int Solved, double MedianAttempts, double? MedianTimeToSuccess);
