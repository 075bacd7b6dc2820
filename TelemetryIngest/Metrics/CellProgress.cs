namespace Lyceum.TelemetryIngest.Metrics;

/// <summary>Attempts and time to the first success, cell by cell.</summary>
internal static class CellProgress
{
    /// <summary>One learner's, from attempts in order of time.</summary>
    public static IReadOnlyList<CellAttempts> Of(IEnumerable<Attempt> attempts) =>
    [
        .. attempts.Where(one => one.Cell is not null).GroupBy(one => (one.Notebook, one.Cell)).Select(cell =>
        {
            List<Attempt> tries = [.. cell];
            var success = tries.FindIndex(one => !one.IsFailed);
            return success < 0
                ? new CellAttempts(cell.Key.Notebook, cell.Key.Cell!, tries.Count, null)
                : new CellAttempts(cell.Key.Notebook, cell.Key.Cell!, success + 1, (tries[success].Time - tries[0].Time).TotalSeconds);
        }).OrderBy(cell => cell.Notebook, StringComparer.Ordinal).ThenBy(cell => cell.Cell, StringComparer.Ordinal),
    ];

    /// <summary>All learners' together.</summary>
    public static IReadOnlyList<CellMetrics> Of(IEnumerable<LearnerMetrics> learners) =>
    [
        .. learners.SelectMany(learner => learner.Cells).GroupBy(cell => (cell.Notebook, cell.Cell)).Select(cell =>
        {
            double[] times = [.. cell.Select(one => one.TimeToSuccess).OfType<double>()];
            return new CellMetrics(
                cell.Key.Notebook, cell.Key.Cell, cell.Count(), times.Length, Median([.. cell.Select(one => (double)one.Attempts)]), times.Length == 0 ? null : Median(times));
        }).OrderBy(cell => cell.Notebook, StringComparer.Ordinal).ThenBy(cell => cell.Cell, StringComparer.Ordinal),
    ];

    private static double Median(double[] values)
    {
        Array.Sort(values);
        var middle = values.Length / 2;
        return values.Length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
