namespace Lyceum.TelemetryIngest.Metrics;

/// <summary>Jadud's Error Quotient (2006): how much a learner's pairs of executions in a row are failures, and of the same type.</summary>
internal static class ErrorQuotient
{
    private const double BothFailed = 8;
    private const double SameError = 3;

    /// <summary>0 to 1; null without a pair.</summary>
    public static double? Of(IEnumerable<IReadOnlyList<Attempt>> sessions)
    {
        var score = 0.0;
        var pairs = 0;
        foreach (var (one, next) in sessions.SelectMany(session => session.Zip(session.Skip(1))))
        {
            pairs++;
            if (one.IsFailed && next.IsFailed)
            {
                score += BothFailed + (one.Error == next.Error ? SameError : 0);
            }
        }

        return pairs == 0 ? null : score / (BothFailed + SameError) / pairs;
    }
}
