using Lyceum.TelemetryIngest.Activity;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>A row of <c>cell_days</c> but for whose it is; see the schema for what the columns mean.</summary>
internal sealed record CellDay(
    DateOnly Day, string Notebook, string Cell, int Executions, int Failures, int Tries, DateTimeOffset FirstAt, DateTimeOffset? FirstSuccess, DateTimeOffset LastAt,
    string? LastError, int Streak)
{
    /// <summary>One learner's rows from executions, each once.</summary>
    public static IEnumerable<CellDay> Of(IEnumerable<CountedEvent> events) => events
        .Where(one => one.Success is not null && one.Cell is not null)
        .OrderBy(one => one.Time).ThenBy(one => one.Id)
        .GroupBy(one => (Day: DateOnly.FromDateTime(one.Time.UtcDateTime), Notebook: DerivedKey.OfNotebook(one.Notebook ?? ""), Cell: one.Cell!))
        .Select(group => Of(group.Key.Day, group.Key.Notebook, group.Key.Cell, [.. group]));

    private static CellDay Of(DateOnly day, string notebook, string cell, List<CountedEvent> runs)
    {
        var success = runs.FindIndex(run => run.Success == true);
        var error = ErrorOf(runs[^1]);
        var last = runs.FindLastIndex(run => ErrorOf(run) != error);
        return new CellDay(
            day, notebook, cell, runs.Count, runs.Count(run => run.Success == false), success < 0 ? runs.Count : success + 1, runs[0].Time,
            success < 0 ? null : runs[success].Time, runs[^1].Time, error, error is null ? 0 : runs.Count - 1 - last);
    }

    private static string? ErrorOf(CountedEvent run) => run.Success == true ? null : run.Error ?? "Error";
}
