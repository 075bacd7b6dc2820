using System.Diagnostics;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>How a turn ended: with the stored answer, or with a failure.</summary>
internal sealed record TurnResult(Message? Message, ChatSession? Session, TurnFailure? Failure);

/// <summary>Runs a turn that was begun: puts the question together, lets the answer grow, and whatever happens ends the turn.</summary>
internal sealed partial class TurnRunner(
    TutorRequests tutor,
    ContextComposer contexts,
    AnswerGrower grower,
    AnswerStore answers,
    TurnEvents events,
    IOptions<TutorOptions> tutorOptions,
    IOptions<ConversationsOptions> options,
    IHostApplicationLifetime lifetime,
    TimeProvider time,
    ILogger<TurnRunner> logger)
{
    private static readonly TimeSpan StoreRetryDelay = TimeSpan.FromMilliseconds(250);

    public async Task<TurnResult> RunAsync(LiveTurn live)
    {
        var turn = live.Turn;
        using var late = new CancellationTokenSource(tutorOptions.Value.MaxTurnTime, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(live.Cancelled, lifetime.ApplicationStopping, late.Token);
        Activity.Current?.SetTag("gen_ai.conversation.id", turn.SessionId.ToString());
        var started = time.GetTimestamp();
        var answer = new Answer(tutorOptions.Value.MaxAnswerCharacters);
        TurnFailure? failure = null;
        try
        {
            var messages = await ComposeAsync(turn, stop.Token);
            await grower.GrowAsync(live, answer, messages, tutor.OptionsFor(turn.Caller), show: true, stop.Token);
        }
        catch (Exception thrown) when (Expected(thrown, live.Cancelled, late.Token, stop.Token) is { } expected)
        {
            LogFailed(logger, turn.AnswerId, expected.Kind, thrown.Message);
            failure = expected;
        }
        catch
        {
            await EndAsync(turn, answer, TurnFailure.Unexpected, started);
            throw;
        }

        return await EndAsync(turn, answer, failure, started);
    }

    private async Task<IReadOnlyList<ChatMessage>> ComposeAsync(Turn turn, CancellationToken cancellationToken)
    {
        var context = turn.Context;
        if (!turn.IsRetry)
        {
            context = await contexts.CompleteAsync(turn.Caller, context with { NotebookPath = context.NotebookPath ?? turn.NotebookPath }, cancellationToken);
        }

        if (context != turn.Context)
        {
            await answers.SetContextAsync(turn.QuestionId, context, cancellationToken);
        }

        events.Asked(turn, context);
        var earlier = turn.IsFirst ? [] : await answers.EarlierAsync(turn.SessionId, turn.QuestionId, tutorOptions.Value.MaxHistoryMessages, cancellationToken);
        return tutor.Messages(earlier, context, turn.Question);
    }

    private async Task<TurnResult> EndAsync(Turn turn, Answer answer, TurnFailure? failure, long started)
    {
        var status = failure is null ? MessageStatus.Done : failure == TurnFailure.Cancelled ? MessageStatus.Cancelled : MessageStatus.Failed;
        using var patience = new CancellationTokenSource(options.Value.StorePatience, time);
        (Message, ChatSession)? stored = null;
        try
        {
            stored = await FinishAsync(turn, answer, status, failure?.Detail, patience.Token);
            failure ??= stored is null ? TurnFailure.Lost : null;
        }
        catch (Exception thrown) when (thrown is NpgsqlException or OperationCanceledException)
        {
            LogNotSaved(logger, turn.AnswerId, thrown.Message);
            failure ??= TurnFailure.StorageAway;
        }

        events.Ended(turn, answer, failure is null ? MessageStatus.Done : status is MessageStatus.Done ? MessageStatus.Failed : status, time.GetElapsedTime(started));
        // An answer that its student stopped has ended as wished.
        return new TurnResult(stored?.Item1, stored?.Item2, failure == TurnFailure.Cancelled && stored is not null ? null : failure);
    }

    private async Task<(Message, ChatSession)?> FinishAsync(Turn turn, Answer answer, string status, string? failure, CancellationToken patience)
    {
        while (true)
        {
            try
            {
                return await answers.FinishAsync(turn, answer, status, failure, patience);
            }
            catch (NpgsqlException away) when (away.IsTransient && !patience.IsCancellationRequested)
            {
                await Task.Delay(StoreRetryDelay, time, patience);
            }
        }
    }

    private static TurnFailure? Expected(Exception thrown, CancellationToken cancelled, CancellationToken late, CancellationToken stop) => thrown switch
    {
        // An answer that is stopped may look broken to those who read it.
        OperationCanceledException or ModelException when cancelled.IsCancellationRequested => TurnFailure.Cancelled,
        OperationCanceledException or ModelException when late.IsCancellationRequested => TurnFailure.TookTooLong,
        OperationCanceledException or ModelException when stop.IsCancellationRequested => TurnFailure.Stopping,
        ModelException failure => TurnFailure.Of(failure),
        TurnEndedException ended => ended.Failure,
        NpgsqlException { IsTransient: true } => TurnFailure.StorageAway,
        _ => null,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answer {Answer} ended early ({Kind}): {Reason}")]
    private static partial void LogFailed(ILogger logger, Guid answer, string kind, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Answer {Answer} could not be stored for now: {Reason}")]
    private static partial void LogNotSaved(ILogger logger, Guid answer, string reason);
}
