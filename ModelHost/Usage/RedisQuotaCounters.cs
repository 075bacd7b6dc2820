using StackExchange.Redis;

namespace Lyceum.ModelHost.Usage;

/// <summary>
/// Counts in Redis, for all replicas together, each step atomic. While Redis is away this replica goes by what it has counted itself:
/// nobody is locked out, and nobody gets more than a quota from each replica.
/// </summary>
internal sealed partial class RedisQuotaCounters(IConnectionMultiplexer redis, LocalQuotaCounters local, TimeProvider time, ILogger<RedisQuotaCounters> logger) : IQuotaCounters
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

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

    private readonly Lock _lock = new();
    private long? _away;

    public async ValueTask<QuotaCharge> TryChargeAsync(IReadOnlyList<QuotaWindow> windows, long tokens)
    {
        var now = time.GetUtcNow();
        RedisValue[] values = [tokens, .. windows.SelectMany(window => new RedisValue[] { window.Limit, (long)(window.ResetsAt - now + Grace).TotalMilliseconds })];
        if (await AskAsync(database => database.ScriptEvaluateAsync(Charge, Keys(windows), values)) is not { } answer)
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
            await AskAsync(database => database.ScriptEvaluateAsync(Correct, Keys(charge.Windows), [tokens]), isUrgent: true);
        }
    }

    public async ValueTask<IReadOnlyList<long>> ReadAsync(IReadOnlyList<QuotaWindow> windows) =>
        await AskAsync(database => database.StringGetAsync(Keys(windows))) is { } values ? [.. values.Select(value => (long)value)] : await local.ReadAsync(windows);

    private static RedisKey[] Keys(IReadOnlyList<QuotaWindow> windows) => [.. windows.Select(window => (RedisKey)window.Key)];

    /// <summary>Null when Redis is away; then it is not asked again for a moment, so that requests do not all wait for it.</summary>
    private async ValueTask<T?> AskAsync<T>(Func<IDatabase, Task<T>> ask, bool isUrgent = false)
        where T : class
    {
        lock (_lock)
        {
            if (!isUrgent && _away is { } since && time.GetElapsedTime(since) < Pause)
            {
                return null;
            }
        }

        try
        {
            if (!redis.IsConnected)
            {
                throw new TimeoutException("There is no connection.");
            }

            var answer = await ask(redis.GetDatabase()).WaitAsync(Limit, time);
            Found(isAway: false, "");
            return answer;
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            Found(isAway: true, failure.Message);
            return null;
        }
    }

    private void Found(bool isAway, string reason)
    {
        bool isNews;
        lock (_lock)
        {
            isNews = isAway != _away.HasValue;
            _away = isAway ? time.GetTimestamp() : null;
        }

        if (isNews && isAway)
        {
            LogAway(logger, reason);
        }
        else if (isNews)
        {
            LogBack(logger);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis is away, quotas hold for each ModelHost alone until it is back: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis is back, quotas hold for all of ModelHost together")]
    private static partial void LogBack(ILogger logger);
}
