using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>Told what an answer grew by; told an empty text now and then while the model is silent.</summary>
internal delegate ValueTask AnswerListener(string delta);

/// <summary>Lets an answer grow by what the model says, and stores it and renews its lease meanwhile.</summary>
internal sealed partial class AnswerGrower(
    IChatClient model,
    TutorRequests tutor,
    AnswerStore answers,
    IOptions<ConversationsOptions> options,
    TimeProvider time,
    ILogger<AnswerGrower> logger)
{
    private const int TicksPerSignOfLife = 10;

    public async Task GrowAsync(Answer answer, IReadOnlyList<ChatMessage> messages, Guid answerId, AnswerListener? listener, CancellationToken cancellationToken)
    {
        using var clock = new PeriodicTimer(options.Value.SaveInterval, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var updates = model.GetStreamingResponseAsync(messages, tutor.Options, stop.Token).GetAsyncEnumerator(stop.Token);
        var next = updates.MoveNextAsync().AsTask();
        var tick = clock.WaitForNextTickAsync(stop.Token).AsTask();
        try
        {
            for (var silent = 0; ;)
            {
                await Task.WhenAny(next, tick);
                if (tick.IsCompletedSuccessfully)
                {
                    await SaveAsync(answerId, answer, cancellationToken);
                    tick = clock.WaitForNextTickAsync(stop.Token).AsTask();
                    if (++silent % TicksPerSignOfLife == 0 && listener is not null)
                    {
                        await listener("");
                    }
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

                if (answer.Add(updates.Current) is { Length: > 0 } delta && listener is not null)
                {
                    silent = 0;
                    await listener(delta);
                }

                next = updates.MoveNextAsync().AsTask();
            }
        }
        finally
        {
            await StopAsync(stop, next, tick);
            await updates.DisposeAsync();
        }

        if (answer.Length == 0)
        {
            throw new TurnEndedException(TurnFailure.Empty);
        }
    }

    /// <summary>An enumerator must not be disposed while it moves, so what was begun is cancelled and waited for.</summary>
    private static async Task StopAsync(CancellationTokenSource stop, Task next, Task tick)
    {
        await stop.CancelAsync();
        await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await tick.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task SaveAsync(Guid answerId, Answer answer, CancellationToken cancellationToken)
    {
        try
        {
            if (!await answers.SaveAsync(answerId, answer.Text, cancellationToken))
            {
                throw new TurnEndedException(TurnFailure.Lost);
            }
        }
        catch (NpgsqlException failure) when (failure.IsTransient)
        {
            // The answer goes on: it is stored again in a moment, and at its end with patience.
            LogNotSaved(logger, answerId, failure.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answer {Answer} could not be stored for now: {Reason}")]
    private static partial void LogNotSaved(ILogger logger, Guid answer, string reason);
}
