namespace Lyceum.KernelBench.Measures;

/// <summary>What is measured, in the order of the table.</summary>
internal sealed record Measure(string Title, string Unit, bool IsMoreBetter = false);

/// <summary>One value per measure and target.</summary>
internal sealed class Results(IReadOnlyList<string> targets)
{
    private readonly List<Measure> _measures = [];
    private readonly Dictionary<(Measure, string), double> _values = [];

    public IReadOnlyList<string> Targets { get; } = targets;

    public IReadOnlyList<Measure> Measures => _measures;

    public List<string> Notes { get; } = [];

    public void Set(Measure measure, string target, double? value)
    {
        if (!_measures.Contains(measure))
        {
            _measures.Add(measure);
        }

        if (value is { } known)
        {
            _values[(measure, target)] = known;
        }
    }

    public double? Get(Measure measure, string target) => _values.TryGetValue((measure, target), out double value) ? value : null;
}
