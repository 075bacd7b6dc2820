namespace Lyceum.TelemetryIngest.Metrics;

/// <summary>
/// Watson's Watwin score (2013): pairs of executions of one cell whose first failed, by how alike the errors are and by how long the
/// learner took, compared to how long everybody takes over this type of error.
/// </summary>
internal sealed class Watwin
{
    private const double SameMessage = 4;
    private const double SameError = 4;
    private const double SameLine = 2;
    private const double Quick = 1;
    private const double Usual = 15;
    private const double Slow = 25;
    private const double Most = SameMessage + SameError + SameLine + Slow;

    /// <summary>What adding up may cost, so that times which are all the same are all usual.</summary>
    private const double Rounding = 1e-6;

    private readonly Dictionary<string, (double Mean, double Deviation)> _times;

    /// <summary>Learns from all learners' sessions how long each type of error takes.</summary>
    public Watwin(IEnumerable<IReadOnlyList<Attempt>> everybody) => _times = everybody
        .SelectMany(Pairs)
        .Where(pair => pair.One.IsFailed)
        .GroupBy(pair => pair.One.Error!, pair => SecondsOf(pair.One, pair.Next))
        .ToDictionary(error => error.Key, error => MeanAndDeviation([.. error]));

    /// <summary>0 to 1; null without a pair.</summary>
    public double? Of(IEnumerable<IReadOnlyList<Attempt>> sessions)
    {
        var score = 0.0;
        var pairs = 0;
        foreach (var (one, next) in sessions.SelectMany(Pairs))
        {
            pairs++;
            score += one.IsFailed ? Score(one, next) / Most : 0;
        }

        return pairs == 0 ? null : score / pairs;
    }

    /// <summary>Executions in a row of which the second is not the same code again.</summary>
    private static IEnumerable<(Attempt One, Attempt Next)> Pairs(IReadOnlyList<Attempt> session) =>
        session.Zip(session.Skip(1)).Where(pair => pair.First.Code is null || pair.First.Code != pair.Second.Code);

    private static double SecondsOf(Attempt one, Attempt next) => (next.Time - one.Time).TotalSeconds;

    private static (double Mean, double Deviation) MeanAndDeviation(double[] times)
    {
        var mean = times.Average();
        return (mean, Math.Sqrt(times.Average(time => (time - mean) * (time - mean))));
    }

    private double Score(Attempt one, Attempt next)
    {
        var (mean, deviation) = _times[one.Error!];
        var seconds = SecondsOf(one, next);
        var time = seconds < mean - deviation - Rounding ? Quick : seconds > mean + deviation + Rounding ? Slow : Usual;
        return time
            + (next.IsFailed && one.Message == next.Message ? SameMessage : 0)
            + (one.Error == next.Error ? SameError : 0)
            + (next.IsFailed && one.Line is not null && one.Line == next.Line ? SameLine : 0);
    }
}
