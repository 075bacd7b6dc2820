using Lyceum.ServiceDefaults.Storage;
using StackExchange.Redis;

namespace Lyceum.ModelHost.Usage;

/// <summary>Asks a Redis that may be away. How long an answer may take is the connection string's <c>syncTimeout</c>.</summary>
internal sealed partial class RedisCalls(IConnectionMultiplexer redis, TimeProvider time, ILogger<RedisCalls> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private readonly Lock _lock = new();
    private long? _away;
    private long _heard;

    /// <summary>Null when Redis is away; then it is not asked again for a moment, so that requests do not all wait for it.</summary>
    /// <param name="ask">What to ask.</param>
    /// <param name="lost">Called when it was asked and its answer did not come.</param>
    public async ValueTask<T?> AskAsync<T>(Func<IDatabase, Task<T>> ask, Action? lost = null)
        where T : class
    {
        lock (_lock)
        {
            if (_away is { } since && time.GetElapsedTime(since) < Pause)
            {
                return null;
            }
        }

        var asked = time.GetTimestamp();
        if (!redis.IsConnected)
        {
            Found(asked, isAway: true, "There is no connection.");
            return null;
        }

        try
        {
            var answer = await ask(redis.GetDatabase()).WaitAsync(TimeSpan.FromMilliseconds(redis.TimeoutMilliseconds), time);
            Found(asked, isAway: false, "");
            return answer;
        }
        catch (Exception failure) when (RedisFailure.IsAway(failure))
        {
            Found(asked, isAway: true, failure.Message);
            lost?.Invoke();
            return null;
        }
    }

    private void Found(long asked, bool isAway, string reason)
    {
        bool isNews;
        lock (_lock)
        {
            if (isAway && _heard > asked)
            {
                // What was asked on a connection that broke says nothing of a Redis that has answered since.
                return;
            }

            _heard = isAway ? _heard : time.GetTimestamp();
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis is away, quotas and use are counted for each ModelHost alone until it is back: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Redis is back, quotas and use are counted for all of ModelHost together")]
    private static partial void LogBack(ILogger logger);
}
