namespace Lyceum.KernelBench.Measures;

/// <summary>Values of several rounds.</summary>
internal sealed class Samples
{
    private readonly List<double[]> _rounds = [];

    public int Rounds => _rounds.Count;

    public void AddRound(params double[] values) => _rounds.Add(values);

    /// <summary>The median of the rounds' medians: a round that something else disturbed does not count for more than a round.</summary>
    public double? Median => _rounds.Count == 0 ? null : Quantile(_rounds.Select(round => Quantile(round, 0.5)), 0.5);

    /// <summary>The 99th percentile of all values together.</summary>
    public double? P99 => _rounds.Count == 0 ? null : Quantile(_rounds.SelectMany(round => round), 0.99);

    /// <summary>The 10th percentile of all values together: what it takes when nothing else gets in between.</summary>
    public double? P10 => _rounds.Count == 0 ? null : Quantile(_rounds.SelectMany(round => round), 0.1);

    public double? Sum => _rounds.Count == 0 ? null : _rounds.Sum(round => round.Sum());

    private static double Quantile(IEnumerable<double> values, double quantile)
    {
        double[] sorted = [.. values.Order()];
        if (quantile == 0.5 && sorted.Length % 2 == 0)
        {
            return (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
        }

        return sorted[Math.Clamp((int)Math.Ceiling(quantile * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
