using System.Globalization;
using System.Runtime.InteropServices;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>Executions, failures and questions.</summary>
internal record struct Counts(int Executions, int Failures, int Questions)
{
    public static Counts operator +(Counts one, Counts other) =>
        new(one.Executions + other.Executions, one.Failures + other.Failures, one.Questions + other.Questions);
}

/// <summary>How often a learner met an error, and the last time.</summary>
internal record struct ErrorFacts(int Count, Guid Last, DateTimeOffset Time);

/// <summary>Failures of one type in a row on one cell, not yet followed by anything else on that cell.</summary>
internal sealed record Streak(string Error, int Length, string? Notebook, DateTimeOffset Last);

/// <summary>What is known of one learner in a window, before the clock says whether that is still news.</summary>
internal sealed record LearnerFacts(string Learner, DateTimeOffset LastSeen, string? Notebook)
{
    private readonly Dictionary<string, ErrorFacts> _errors = [];
    private readonly Dictionary<long, Counts> _timeline = [];

    public Counts Total { get; private set; }

    public int ConsecutiveFailures { get; private set; }

    public Guid? LastFailure { get; private set; }

    public Streak? Streak { get; private set; }

    /// <summary>The cell that the learner is at work in for too long; null for none.</summary>
    public LongWork? LongWork { get; set; }

    public IReadOnlyDictionary<string, ErrorFacts> Errors => _errors;

    public IReadOnlyDictionary<long, Counts> Timeline => _timeline;

    /// <summary>Takes a learner's events into account, newest first.</summary>
    public void Count(IEnumerable<CountedEvent> newestFirst, ActivityWindow window, int stuckAfter)
    {
        var failing = true;
        Dictionary<(string?, string?), (Streak Streak, bool Open)> cells = [];
        foreach (var one in newestFirst)
        {
            var counts = new Counts(one.Success is null ? 0 : 1, one.Success == false ? 1 : 0, one.Success is null ? 1 : 0);
            Total += counts;
            CollectionsMarshal.GetValueRefOrAddDefault(_timeline, window.BucketOf(one.Time), out _) += counts;
            if (one.Success is not { } success)
            {
                continue;
            }

            failing &= !success;
            ConsecutiveFailures += failing ? 1 : 0;
            var error = success ? null : one.Error ?? "Error";
            if (error is not null)
            {
                LastFailure ??= one.Id;
                ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_errors, error, out var seen);
                known = seen ? known with { Count = known.Count + 1 } : new ErrorFacts(1, one.Id, one.Time);
            }

            Extend(cells, one, error);
        }

        Streak = cells.Values.Select(cell => cell.Streak).Where(streak => streak.Length >= stuckAfter).MaxBy(streak => streak.Last);
    }

    /// <summary>Whether the learner is active and stuck at that time.</summary>
    public (bool Active, bool Stuck) At(DateTimeOffset now, ActivityOptions options) =>
        (now - LastSeen < options.ActiveFor, Reason(now, options) is not null);

    /// <summary>The learner's row at that time.</summary>
    public LearnerActivity ToActivity(DateTimeOffset now, ActivityOptions options, FailedExecution? lastError)
    {
        var (active, stuck) = At(now, options);
        return new LearnerActivity(
            Learner, LastSeen, active, stuck, Reason(now, options), Total.Executions, Total.Failures, ConsecutiveFailures,
            Total.Questions, Notebook, lastError);
    }

    private static void Extend(Dictionary<(string?, string?), (Streak Streak, bool Open)> cells, CountedEvent one, string? error)
    {
        ref var cell = ref CollectionsMarshal.GetValueRefOrAddDefault(cells, (one.Notebook, one.Cell), out var seen);
        if (!seen)
        {
            cell = (new Streak(error ?? "", error is null ? 0 : 1, one.Notebook, one.Time), error is not null);
        }
        else if (cell.Open && cell.Streak.Error == error)
        {
            cell.Streak = cell.Streak with { Length = cell.Streak.Length + 1 };
        }
        else
        {
            cell.Open = false;
        }
    }

    private string? Reason(DateTimeOffset now, ActivityOptions options) =>
        Streak is { } streak && now - streak.Last < options.StuckFor ? Reason(streak)
        : LongWork is { } work && now - work.Last < options.StuckFor ? work.Reason
        : null;

    private static string Reason(Streak streak) => string.Create(
        CultureInfo.InvariantCulture,
        $"The last {streak.Length} runs of one cell{(streak.Notebook is null ? "" : $" in {streak.Notebook}")} all failed with {streak.Error}.");
}
