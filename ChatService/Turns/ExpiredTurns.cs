using Lyceum.ChatService.Conversations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>Marks turns as failed whose process was killed, so that a student sees it and can retry, and forgets old request keys. Every replica may do it for all.</summary>
internal sealed partial class ExpiredTurns(AnswerStore answers, RequestKeys keys, IOptions<ConversationsOptions> options, TimeProvider time, ILogger<ExpiredTurns> logger)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(options.Value.TurnLease / 3, time);
        do
        {
            try
            {
                if (await answers.FailExpiredAsync(stoppingToken) is > 0 and var count)
                {
                    LogFailed(logger, count);
                }

                await keys.ForgetOldAsync(stoppingToken);
            }
            catch (NpgsqlException failure)
            {
                // Away, or its schema is not in place yet: the next round will tell.
                LogAway(logger, failure.Message);
            }
        }
        while (await clock.WaitForNextTickAsync(stoppingToken));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} turns were interrupted by the end of their process and count as failed")]
    private static partial void LogFailed(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Interrupted turns could not be looked for: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
