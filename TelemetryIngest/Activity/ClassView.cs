using System.Runtime.InteropServices;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>Puts learners' facts together.</summary>
/// <param name="course">The course.</param>
/// <param name="window">How far back it looks.</param>
/// <param name="options">When somebody is active or stuck.</param>
internal sealed class ClassView(string course, ActivityWindow window, ActivityOptions options)
{
    private const int MaxErrors = 20;
    private const int ShownCode = 4_000;
    private const int ShownTraceback = 40;

    /// <summary>Everything.</summary>
    public ClassActivity Activity(IReadOnlyCollection<LearnerFacts> learners, IReadOnlyDictionary<Guid, FailedExecution> failures, DateTimeOffset now) => new(
        course,
        now,
        window.ToString(),
        [.. learners.Select(facts => Row(facts, failures, now))
            .OrderByDescending(row => row.Stuck)
            .ThenByDescending(row => row.ConsecutiveFailures)
            .ThenByDescending(row => row.LastSeen)
            .ThenBy(row => row.Learner, StringComparer.Ordinal)],
        Errors(learners, failures),
        Timeline(learners, now));

    /// <summary>Everything but the rows.</summary>
    public ClassSummary Summary(IReadOnlyCollection<LearnerFacts> learners, IReadOnlyDictionary<Guid, FailedExecution> failures, DateTimeOffset now) =>
        new(now, Errors(learners, failures), Timeline(learners, now));

    /// <summary>One learner's row. A class of hundreds has to travel at once, so code and traceback are cut to what a glance takes in.</summary>
    public LearnerActivity Row(LearnerFacts facts, IReadOnlyDictionary<Guid, FailedExecution> failures, DateTimeOffset now)
    {
        var error = facts.LastFailure is { } id ? failures.GetValueOrDefault(id) : null;
        return facts.ToActivity(now, options, error is null ? null : error with { Code = Shown(error.Code), Traceback = [.. error.Traceback.TakeLast(ShownTraceback)] });
    }

    /// <summary>The failures that are shown with these facts.</summary>
    public static HashSet<Guid> FailuresOf(IReadOnlyCollection<LearnerFacts> learners) =>
        [.. learners.Select(facts => facts.LastFailure).OfType<Guid>(), .. MostFrequent(learners).Select(error => error.Last)];

    private static List<ErrorActivity> Errors(IReadOnlyCollection<LearnerFacts> learners, IReadOnlyDictionary<Guid, FailedExecution> failures) =>
        [.. MostFrequent(learners).Select(error => new ErrorActivity(
            error.Name,
            error.Count,
            error.Learners,
            failures.GetValueOrDefault(error.Last) is { } last ? new ErrorExample(last.Value, Shown(last.Code), last.Notebook, last.Language) : null))];

    private static IEnumerable<(string Name, int Count, int Learners, Guid Last)> MostFrequent(IReadOnlyCollection<LearnerFacts> learners) =>
        learners.SelectMany(facts => facts.Errors)
            .GroupBy(error => error.Key, error => error.Value)
            .Select(error => (error.Key, Count: error.Sum(one => one.Count), Learners: error.Count(), error.MaxBy(one => one.Time).Last))
            .OrderByDescending(error => error.Count)
            .ThenBy(error => error.Key, StringComparer.Ordinal)
            .Take(MaxErrors);

    private List<TimelineBucket> Timeline(IReadOnlyCollection<LearnerFacts> learners, DateTimeOffset now)
    {
        Dictionary<long, Counts> sums = [];
        foreach (var (bucket, counts) in learners.SelectMany(facts => facts.Timeline))
        {
            CollectionsMarshal.GetValueRefOrAddDefault(sums, bucket, out _) += counts;
        }

        List<TimelineBucket> timeline = [];
        for (var bucket = window.BucketOf(window.Since(now)); bucket <= window.BucketOf(now); bucket++)
        {
            var counts = sums.GetValueOrDefault(bucket);
            timeline.Add(new TimelineBucket(window.StartOf(bucket), counts.Executions, counts.Failures, counts.Questions));
        }

        return timeline;
    }

    private static string? Shown(string? code) => code is null ? null : Events.StorableText.Cut(code, ShownCode);
}
