using System.Runtime.InteropServices;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>A moment at which a learner did something about code.</summary>
/// <param name="Time">When, by the live clock.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Notebook">In which notebook.</param>
/// <param name="Cell">The cell that the event names, if it does.</param>
internal readonly record struct WorkMoment(DateTimeOffset Time, string Type, string Notebook, CellKey? Cell);

/// <summary>A row of <c>active_times</c> but for whose it is.</summary>
/// <param name="Seconds">At work in the cell while it was not solved.</param>
/// <param name="LastAt">The last moment of that.</param>
internal record struct WorkTime(double Seconds, DateTimeOffset LastAt);

/// <summary>
/// How long a learner is at work in cells before they succeed: from each event to the next, where no more than the idle limit lies
/// between, in the cell that was named last in the same notebook; docs/metrics.md.
/// </summary>
internal static class ActiveTime
{
    /// <summary>What time is kept by.</summary>
    public static readonly TimeSpan Stretch = TimeSpan.FromMinutes(10);

    /// <summary>The types that say in which cell the learner is; others name the first that is in sight, or what has come of an earlier one.</summary>
    public static readonly string[] Naming = ["ActiveCellChangeEvent", "CellEditEvent", "CellAddEvent", "ClipboardPasteEvent", Execution.Reported, Execution.Observed];

    /// <summary>The start of the stretch that a time is in.</summary>
    public static DateTimeOffset StretchOf(DateTimeOffset time) => new(time.UtcTicks - (time.UtcTicks % Stretch.Ticks), TimeSpan.Zero);

    /// <summary>Adds up.</summary>
    /// <param name="moments">In their order.</param>
    /// <param name="current">The cell that was named last before them.</param>
    /// <param name="solved">When cells succeeded first; the others have not.</param>
    /// <param name="idleAfter">The longest silence that is work.</param>
    public static Dictionary<(DateTimeOffset Start, CellKey Cell), WorkTime> Of(
        IEnumerable<WorkMoment> moments, CellKey? current, IReadOnlyDictionary<CellKey, DateTimeOffset> solved, TimeSpan idleAfter)
    {
        Dictionary<(DateTimeOffset, CellKey), WorkTime> times = [];
        DateTimeOffset? before = null;
        foreach (var one in moments)
        {
            if (before is { } start && one.Time - start <= idleAfter && current is { } cell && !IsSolved(cell, start))
            {
                ref var time = ref CollectionsMarshal.GetValueRefOrAddDefault(times, (StretchOf(start), cell), out _);
                time.Seconds += (one.Time - start).TotalSeconds;
            }

            before = one.Time;
            if (current?.Notebook != one.Notebook)
            {
                // The learner has left for another notebook, in whichever cell of it.
                current = null;
            }

            if (one.Cell is { } named && Naming.Contains(one.Type))
            {
                current = named;
            }

            if (current is { } at && !IsSolved(at, one.Time))
            {
                ref var time = ref CollectionsMarshal.GetValueRefOrAddDefault(times, (StretchOf(one.Time), at), out _);
                time.LastAt = one.Time;
            }
        }

        return times;

        bool IsSolved(CellKey cell, DateTimeOffset time) => solved.TryGetValue(cell, out var first) && first <= time;
    }
}
