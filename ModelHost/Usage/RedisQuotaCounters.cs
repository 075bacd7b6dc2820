using StackExchange.Redis;

namespace Lyceum.ModelHost.Usage;

/// <summary>
/// Counts in Redis, for all replicas together, each step atomic. While Redis is away this replica goes by what it has counted itself:
/// nobody is locked out, and nobody gets more than a quota from each replica.
/// </summary>
internal sealed class RedisQuotaCounters(RedisCalls redis, LocalQuotaCounters local, TimeProvider time) : IQuotaCounters
{
    // After the window's end, so that a clock that is a little late still finds it.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    // ARGV: tokens, then limit and milliseconds to live for each key. Answers the number of the last key that is used up, 0 for none.
    private const string Charge = """
        local full = 0
        for i, key in ipairs(KEYS) do
          if tonumber(redis.call('GET', key) or '0') >= tonumber(ARGV[2 * i]) then full = i end
        end
        if full > 0 then return full end
        for i, key in ipairs(KEYS) do
          if redis.call('INCRBY', key, ARGV[1]) == tonumber(ARGV[1]) then redis.call('PEXPIRE', key, ARGV[2 * i + 1]) end
        end
        return 0
        """;

    private const string Correct = """
        for _, key in ipairs(KEYS) do
          if redis.call('EXISTS', key) == 1 and redis.call('INCRBY', key, ARGV[1]) < 0 then redis.call('SET', key, '0', 'KEEPTTL') end
        end
        return 0
        """;

    public async ValueTask<QuotaCharge> TryChargeAsync(IReadOnlyList<QuotaWindow> windows, long tokens)
    {
        var now = time.GetUtcNow();
        RedisValue[] values = [tokens, .. windows.SelectMany(window => new RedisValue[] { window.Limit, (long)(window.ResetsAt - now + Grace).TotalMilliseconds })];
        if (await redis.AskAsync(database => database.ScriptEvaluateAsync(Charge, Keys(windows), values)) is not { } answer)
        {
            return await local.TryChargeAsync(windows, tokens);
        }

        if ((int)answer is > 0 and var exhausted)
        {
            return new QuotaCharge(windows, windows[exhausted - 1], IsShared: true);
        }

        local.Mirror(windows, tokens);
        return new QuotaCharge(windows, null, IsShared: true);
    }

    public async ValueTask CorrectAsync(QuotaCharge charge, long tokens)
    {
        await local.CorrectAsync(charge, tokens);
        if (charge.IsShared)
        {
            // Also within the pause: an estimate that is not corrected would stand until the window is over.
            await redis.AskAsync(database => database.ScriptEvaluateAsync(Correct, Keys(charge.Windows), [tokens]), isUrgent: true);
        }
    }

    public async ValueTask<IReadOnlyList<long>> ReadAsync(IReadOnlyList<QuotaWindow> windows) =>
        await redis.AskAsync(database => database.StringGetAsync(Keys(windows))) is { } values ? [.. values.Select(value => (long)value)] : await local.ReadAsync(windows);

    private static RedisKey[] Keys(IReadOnlyList<QuotaWindow> windows) => [.. windows.Select(window => (RedisKey)window.Key)];
}
