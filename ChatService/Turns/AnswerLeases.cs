using Lyceum.ChatService.Conversations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>Keeps the leases of the answers alive that this process works on, whatever they wait for meanwhile: one clock and one statement for all.</summary>
internal sealed partial class AnswerLeases(LiveTurns turns, AnswerStore answers, IOptions<ConversationsOptions> options, TimeProvider time, ILogger<AnswerLeases> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var clock = new PeriodicTimer(options.Value.TurnLease / 3, time);
        while (await clock.WaitForNextTickAsync(stoppingToken))
        {
            await RenewAsync(stoppingToken);
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        var running = turns.Running;
        if (running.Count == 0)
        {
            return;
        }

        try
        {
            var kept = await answers.RenewAsync([.. running.Select(live => live.Turn.AnswerId)], cancellationToken);
            foreach (var live in running)
            {
                if (!kept.TryGetValue(live.Turn.AnswerId, out var isCancelled))
                {
                    live.Lose();
                }
                else if (isCancelled)
                {
                    live.Cancel();
                }
            }
        }
        catch (NpgsqlException failure)
        {
            LogNotRenewed(logger, running.Count, failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The leases of {Count} answers could not be renewed for now: {Reason}")]
    private static partial void LogNotRenewed(ILogger logger, int count, string reason);
}
