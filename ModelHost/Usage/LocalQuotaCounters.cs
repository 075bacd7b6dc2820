namespace Lyceum.ModelHost.Usage;

/// <summary>Counts in this process.</summary>
internal sealed class LocalQuotaCounters(TimeProvider time) : IQuotaCounters
{
    // More users and courses than an institution has. What comes on top is not counted, and so not limited.
    private const int MaxWindows = 200_000;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, (long Used, DateTimeOffset ResetsAt)> _used = [];
    private DateTimeOffset _tidied;

    public ValueTask<QuotaCharge> TryChargeAsync(IReadOnlyList<QuotaWindow> windows, long tokens)
    {
        lock (_lock)
        {
            if (windows.LastOrDefault(window => Used(window) >= window.Limit) is { } exhausted)
            {
                return ValueTask.FromResult(new QuotaCharge(windows, exhausted, Mark: null));
            }

            Charge(windows, tokens);
            return ValueTask.FromResult(new QuotaCharge(windows, null, Mark: null));
        }
    }

    /// <summary>Charges without asking: what another counter has permitted.</summary>
    public void Mirror(IReadOnlyList<QuotaWindow> windows, long tokens)
    {
        lock (_lock)
        {
            Charge(windows, tokens);
        }
    }

    public ValueTask CorrectAsync(QuotaCharge charge, long tokens)
    {
        var now = time.GetUtcNow();
        Mirror([.. charge.Windows.Where(window => window.ResetsAt > now)], tokens);
        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<long>> ReadAsync(IReadOnlyList<QuotaWindow> windows)
    {
        lock (_lock)
        {
            return ValueTask.FromResult<IReadOnlyList<long>>([.. windows.Select(Used)]);
        }
    }

    private long Used(QuotaWindow window) => _used.GetValueOrDefault(window.Key).Used;

    private void Charge(IReadOnlyList<QuotaWindow> windows, long tokens)
    {
        Tidy();
        foreach (var window in windows)
        {
            if (_used.Count < MaxWindows || _used.ContainsKey(window.Key))
            {
                _used[window.Key] = (Math.Max(0, Used(window) + tokens), window.ResetsAt);
            }
        }
    }

    private void Tidy()
    {
        var now = time.GetUtcNow();
        if (now - _tidied < TimeSpan.FromMinutes(1))
        {
            return;
        }

        _tidied = now;
        foreach (var over in _used.Where(pair => pair.Value.ResetsAt <= now).Select(pair => pair.Key).ToArray())
        {
            _used.Remove(over);
        }
    }
}
