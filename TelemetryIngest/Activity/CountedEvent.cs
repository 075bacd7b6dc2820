using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>An execution or a question, as far as a class view counts it.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Time">When, by the live clock.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Type">The event's type.</param>
/// <param name="Notebook">The notebook, if known.</param>
/// <param name="Cell">The cell, if known.</param>
/// <param name="Success">Whether the execution ran through; null for a question.</param>
/// <param name="Error">The error's name, when it did not.</param>
internal sealed record CountedEvent(
    Guid Id, DateTimeOffset Time, DateTimeOffset ReceivedAt, string Type, string? Notebook, string? Cell, bool? Success, string? Error)
{
    /// <summary>
    /// Leaves out what is known twice. A notebook that runs on KernelService and has pioneer installed reports each execution twice:
    /// KernelService's report counts, and pioneer's only where KernelService reported nothing of that notebook about that time. Times
    /// are compared by either clock, because a browser's may be off by minutes, and either report may arrive late.
    /// </summary>
    /// <param name="events">One learner's events.</param>
    /// <param name="within">How far apart two reports of one execution may be.</param>
    public static IEnumerable<CountedEvent> Once(IReadOnlyList<CountedEvent> events, TimeSpan within)
    {
        var reported = events.Where(one => one.Type == Execution.Reported).ToList();
        return reported.Count == 0 || reported.Count == events.Count
            ? events
            : Filter([.. reported.OrderBy(one => one.Time)], [.. reported.OrderBy(one => one.ReceivedAt)]);

        IEnumerable<CountedEvent> Filter(CountedEvent[] byTime, CountedEvent[] byArrival) => events.Where(one =>
            one.Type != Execution.Observed
            || !(Near(byTime, report => report.Time, one.Time, one) || Near(byArrival, report => report.ReceivedAt, one.ReceivedAt, one)));

        bool Near(CountedEvent[] sorted, Func<CountedEvent, DateTimeOffset> clock, DateTimeOffset time, CountedEvent one)
        {
            for (var i = FirstFrom(sorted, clock, time - within); i < sorted.Length && clock(sorted[i]) <= time + within; i++)
            {
                if (sorted[i].Notebook is not { } notebook || one.Notebook is null || notebook == one.Notebook)
                {
                    return true;
                }
            }

            return false;
        }
    }

    private static int FirstFrom(CountedEvent[] sorted, Func<CountedEvent, DateTimeOffset> clock, DateTimeOffset time)
    {
        var (low, high) = (0, sorted.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = clock(sorted[middle]) < time ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
