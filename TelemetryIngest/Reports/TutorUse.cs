namespace Lyceum.TelemetryIngest.Reports;

/// <summary>What a course asked the tutor in a span of time.</summary>
/// <param name="Questions">Questions.</param>
/// <param name="Answers">Answers that came to an end well.</param>
/// <param name="Learners">Learners who asked.</param>
/// <param name="First">The first question; null without any.</param>
/// <param name="Last">The last question.</param>
/// <param name="ByLearner">Questions by learner, the most first.</param>
/// <param name="ByNotebook">Questions by notebook, the most first; "" for those that named none.</param>
/// <param name="ByClass">Questions by class, the most first; "" for those without one.</param>
/// <param name="Groups">Learners by experiment and group.</param>
internal sealed record TutorUse(
    int Questions, int Answers, int Learners, DateTimeOffset? First, DateTimeOffset? Last, IReadOnlyList<(string Name, int Count)> ByLearner,
    IReadOnlyList<(string Name, int Count)> ByNotebook, IReadOnlyList<(string Name, int Count)> ByClass, IReadOnlyList<(string Experiment, string Group, int Learners)> Groups);
