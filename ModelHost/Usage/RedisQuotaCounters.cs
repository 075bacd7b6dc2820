using StackExchange.Redis;

namespace Lyceum.ModelHost.Usage;

/// <summary>
/// Counts in Redis, for all replicas together, each step atomic. While Redis is away this replica goes by what it has counted itself:
/// nobody is locked out, and nobody gets more than a quota from each replica.
/// </summary>
internal sealed class RedisQuotaCounters(RedisCalls redis, QuotaCorrections corrections, LocalQuotaCounters local, TimeProvider time) : IQuotaCounters
{
    // After the window's end, so that a clock that is a little late still finds it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // KEYS: the charge's mark, then the windows. ARGV: tokens, then limit and milliseconds to live for each window; the mark lives as long
    // as the last of them. Answers the number of the last window that is used up, 0 for none.
    private const string Charge = """
        local full = 0
        for i = 2, #KEYS do
          if tonumber(redis.call('GET', KEYS[i]) or '0') >= tonumber(ARGV[2 * i - 2]) then full = i - 1 end
        end
        if full > 0 then return full end
        for i = 2, #KEYS do
          if redis.call('INCRBY', KEYS[i], ARGV[1]) == tonumber(ARGV[1]) then redis.call('PEXPIRE', KEYS[i], ARGV[2 * i - 1]) end
        end
        redis.call('SET', KEYS[1], '1', 'PX', ARGV[#ARGV])
        return 0
        """;

    public async ValueTask<QuotaCharge> TryChargeAsync(IReadOnlyList<QuotaWindow> windows, long tokens)
    {
        var now = time.GetUtcNow();
        var mark = $"{{lyceum:quota}}:charge:{Guid.CreateVersion7(now):N}";
        var keys = Keys(mark, windows);
        RedisValue[] values = [tokens, .. windows.SelectMany(window => new RedisValue[] { window.Limit, (long)(window.ResetsAt - now + Grace).TotalMilliseconds })];
        // A charge of which nothing is heard in time may have been made all the same.
        if (await redis.AskAsync(database => database.ScriptEvaluateAsync(Charge, keys, values), lost: () => corrections.Add(keys, -tokens)) is not { } answer)
        {
            return await local.TryChargeAsync(windows, tokens);
        }

        if ((int)answer is > 0 and var exhausted)
        {
            return new QuotaCharge(windows, windows[exhausted - 1], mark);
        }

        local.Mirror(windows, tokens);
        return new QuotaCharge(windows, null, mark);
    }

    public async ValueTask CorrectAsync(QuotaCharge charge, long tokens)
    {
        await local.CorrectAsync(charge, tokens);
        if (charge.Mark is { } mark)
        {
            corrections.Add(Keys(mark, charge.Windows), tokens);
        }
    }

    public async ValueTask<IReadOnlyList<long>> ReadAsync(IReadOnlyList<QuotaWindow> windows) =>
        await redis.AskAsync(database => database.StringGetAsync([.. windows.Select(window => (RedisKey)window.Key)])) is { } values
            ? [.. values.Select(value => (long)value)]
            : await local.ReadAsync(windows);

    private static RedisKey[] Keys(string mark, IReadOnlyList<QuotaWindow> windows) => [mark, .. windows.Select(window => (RedisKey)window.Key)];
}
