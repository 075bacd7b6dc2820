using System.Threading.Channels;
using StackExchange.Redis;

namespace Lyceum.ModelHost.Usage;

/// <summary>
/// Corrects in Redis what was charged by estimate, after the answer and without holding up anybody: in order, each once however often it
/// has to be tried, until it is done or too old.
/// </summary>
internal sealed partial class QuotaCorrections(RedisCalls redis, TimeProvider time, ILogger<QuotaCorrections> logger) : BackgroundService
{
    private const int MaxWaiting = 10_000;
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    // KEYS: the mark of the charge, then its windows. ARGV: tokens. With the mark goes what could be corrected.
    private const string Correct = """
        if redis.call('DEL', KEYS[1]) == 0 then return 0 end
        for i = 2, #KEYS do
          if redis.call('EXISTS', KEYS[i]) == 1 and redis.call('INCRBY', KEYS[i], ARGV[1]) < 0 then redis.call('SET', KEYS[i], '0', 'KEEPTTL') end
        end
        return 1
        """;

    private readonly Channel<Correction> _waiting = Channel.CreateBounded<Correction>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });

    /// <summary>Adds tokens to a charge, or takes some off; nothing where the charge was not made.</summary>
    /// <param name="keys">The charge's mark, then its windows.</param>
    /// <param name="tokens">How many.</param>
    public void Add(RedisKey[] keys, long tokens)
    {
        if (!_waiting.Writer.TryWrite(new Correction(keys, tokens, time.GetUtcNow() + GiveUpAfter)))
        {
            LogDropped(logger, MaxWaiting);
        }
    }

    /// <summary>Does what waits, if it can be done at once.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (_waiting.Reader.TryRead(out var correction) && await TryAsync(correction))
        {
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _waiting.Reader.WaitToReadAsync(stoppingToken))
        {
            // It stays the first until it is done: who stops meanwhile finds it there.
            if (_waiting.Reader.TryPeek(out var correction) && !await TryAsync(correction) && time.GetUtcNow() < correction.GiveUpAt)
            {
                await Task.Delay(Pause, time, stoppingToken);
                continue;
            }

            _waiting.Reader.TryRead(out _);
        }
    }

    private async Task<bool> TryAsync(Correction correction) =>
        await redis.AskAsync(database => database.ScriptEvaluateAsync(Correct, correction.Keys, [correction.Tokens])) is not null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "An estimate stays charged until its quota begins anew: {Waiting} corrections wait for Redis already")]
    private static partial void LogDropped(ILogger logger, int waiting);

    private sealed record Correction(RedisKey[] Keys, long Tokens, DateTimeOffset GiveUpAt);
}
