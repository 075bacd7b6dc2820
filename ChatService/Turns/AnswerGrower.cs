using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Tools;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>Lets an answer grow by what the model says, and stores meanwhile what may be seen of it, as often as it has grown and an interval is over.</summary>
internal sealed partial class AnswerGrower(ToolCallingClient model, AnswerStore answers, IOptions<ConversationsOptions> options, TimeProvider time, ILogger<AnswerGrower> logger)
{
    /// <param name="live">The turn.</param>
    /// <param name="answer">What is to grow.</param>
    /// <param name="messages">What the model is asked.</param>
    /// <param name="asked">How it is asked.</param>
    /// <param name="showOnce">What the answer waits for before it may be seen as it grows; null where it may not.</param>
    /// <param name="cancellationToken">Stops the model.</param>
    public async Task GrowAsync(LiveTurn live, Answer answer, IReadOnlyList<ChatMessage> messages, ChatOptions asked, Task? showOnce, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var updates = model.GetStreamingResponseAsync(messages, asked, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = updates.MoveNextAsync().AsTask();
        // An answer that waits for its model has no clock: only what is not stored yet needs one.
        Task? tick = null;
        var stored = (Length: live.ShownLength, Begun: false);
        try
        {
            while (true)
            {
                var now = (live.ShownLength, Begun: answer.Length > 0);
                tick ??= now == stored ? null : Task.Delay(options.Value.SaveInterval, time, stop.Token);
                await Task.WhenAny(tick is null ? [next] : [next, tick]);
                if (tick is { IsCompletedSuccessfully: true })
                {
                    stored = await SaveAsync(live, now.Begun, cancellationToken) ? now : stored;
                    tick = null;
                }

                if (!next.IsCompleted)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    continue;
                }

                if (!await next)
                {
                    break;
                }

                if (answer.Add(updates.Current) is { Length: > 0 } delta && showOnce is not null)
                {
                    await showOnce;
                    live.Show(delta);
                }

                next = updates.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await StopAsync(stop, next, tick);
            await updates.DisposeAsync();
        }

        if (answer.Length == 0 && !answer.Waits)
        {
            throw new TurnEndedException(TurnFailure.Empty);
        }
    }

    /// <summary>An enumerator must not be disposed while it moves, so what was begun is cancelled and waited for.</summary>
    private static async Task StopAsync(CancellationTokenSource stop, Task next, Task? tick)
    {
        await stop.CancelAsync();
        await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await (tick ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<bool> SaveAsync(LiveTurn live, bool begun, CancellationToken cancellationToken)
    {
        try
        {
            switch (await answers.SaveAsync(live.Turn.AnswerId, live.Shown, begun, cancellationToken))
            {
                case Saved.LeaseLost:
                    throw new TurnEndedException(TurnFailure.Lost);
                case Saved.CancelRequested:
                    live.Cancel();
                    break;
            }

            return true;
        }
        catch (NpgsqlException failure) when (failure.IsTransient)
        {
            // The answer goes on: it is stored again in a moment, and at its end with patience.
            LogNotSaved(logger, live.Turn.AnswerId, failure.Message);
            return false;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answer {Answer} could not be stored for now: {Reason}")]
    private static partial void LogNotSaved(ILogger logger, Guid answer, string reason);
}
