using Lyceum.ChatService.Conversations;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>Keeps an answer's lease alive for as long as this process works on it, whatever it waits for meanwhile.</summary>
internal sealed partial class AnswerLeases(AnswerStore answers, IOptions<ConversationsOptions> options, TimeProvider time, ILogger<AnswerLeases> logger)
{
    /// <summary>Does the work under the lease.</summary>
    /// <exception cref="TurnEndedException">The lease was lost: the work was stopped.</exception>
    public async Task HoldAsync(LiveTurn live, Func<CancellationToken, Task> work, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var over = new CancellationTokenSource();
        var keeping = KeepAsync(live, stop.CancelAsync, over.Token);
        try
        {
            await work(stop.Token);
        }
        catch (Exception failure) when (failure is not TurnEndedException && stop.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TurnEndedException(TurnFailure.Lost);
        }
        finally
        {
            await over.CancelAsync();
            await keeping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task KeepAsync(LiveTurn live, Func<Task> lose, CancellationToken over)
    {
        using var clock = new PeriodicTimer(options.Value.TurnLease / 3, time);
        while (await clock.WaitForNextTickAsync(over))
        {
            try
            {
                switch (await answers.RenewAsync(live.Turn.AnswerId, over))
                {
                    case Saved.LeaseLost:
                        await lose();
                        return;
                    case Saved.CancelRequested:
                        live.Cancel();
                        break;
                }
            }
            catch (NpgsqlException failure) when (failure.IsTransient)
            {
                LogNotRenewed(logger, live.Turn.AnswerId, failure.Message);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lease of answer {Answer} could not be renewed for now: {Reason}")]
    private static partial void LogNotRenewed(ILogger logger, Guid answer, string reason);
}
