namespace Lyceum.ModelHost.Usage;

/// <summary>Who may use how much.</summary>
internal sealed class Quotas(QuotaWindows windows, IQuotaCounters counters)
{
    /// <summary>
    /// Charges a request's tokens by estimate before it runs, so that many at once cannot pass one limit together; the result corrects
    /// that when it is disposed. Answers the quota that forbids it otherwise.
    /// </summary>
    public async ValueTask<(QuotaHold? Hold, QuotaState? Exhausted)> TryHoldAsync(string course, string user, long tokens)
    {
        var mine = windows.Of(course, user);
        if (mine.Count == 0)
        {
            return (new QuotaHold(counters, null, 0), null);
        }

        var charge = await counters.TryChargeAsync(mine, tokens);
        return charge.Exhausted is { } full
            ? (null, new QuotaState(full.Name, full.Limit, full.Limit, full.ResetsAt))
            : (new QuotaHold(counters, charge, tokens), null);
    }

    /// <summary>The quotas that hold for the user, with what is used of each.</summary>
    public async ValueTask<IReadOnlyList<QuotaState>> OfAsync(string course, string user)
    {
        var mine = windows.Of(course, user);
        if (mine.Count == 0)
        {
            return [];
        }

        var used = await counters.ReadAsync(mine);
        return [.. mine.Zip(used, (window, tokens) => new QuotaState(window.Name, window.Limit, tokens, window.ResetsAt))];
    }
}

/// <summary>What a running request is charged.</summary>
internal sealed class QuotaHold(IQuotaCounters counters, QuotaCharge? charge, long estimate) : IAsyncDisposable
{
    private long _used;

    /// <summary>Counts tokens that it has used.</summary>
    public void Add(long tokens) => _used += tokens;

    public async ValueTask DisposeAsync()
    {
        if (charge is not null && _used != estimate)
        {
            await counters.CorrectAsync(charge, _used - estimate);
        }
    }
}
