using System.Diagnostics;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>How a turn ended: with the stored answer, or with a failure.</summary>
internal sealed record TurnResult(Message? Message, ChatSession? Session, TurnFailure? Failure);

/// <summary>Runs a turn that was begun: has it planned and the answer written, and whatever happens ends it.</summary>
internal sealed partial class TurnRunner(
    TurnPlanner planner,
    WaitedTurns waited,
    AnswerWriter writer,
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
            var plan = turn.Begun is null ? await planner.PlanAsync(live, stop.Token) : await waited.PlanAsync(live, stop.Token);
            answer = turn.Begun is null ? answer : await waited.AnswerAsync(turn, stop.Token);
            await writer.WriteAsync(live, plan, answer, stop.Token);
        }
        catch (Exception thrown) when (Expected(thrown, live, late.Token, stop.Token) is { } expected)
        {
            LogFailed(logger, turn.AnswerId, expected.Kind, thrown.Message);
            failure = expected;
        }
        catch
        {
            await EndAsync(live, answer, TurnFailure.Unexpected, started);
            throw;
        }

        return await EndAsync(live, answer, failure, started);
    }

    private async Task<TurnResult> EndAsync(LiveTurn live, Answer answer, TurnFailure? failure, long started)
    {
        var turn = live.Turn;
        var status = failure is null ? (answer.Waits ? MessageStatus.Waiting : MessageStatus.Done) : failure == TurnFailure.Cancelled ? MessageStatus.Cancelled : MessageStatus.Failed;
        using var patience = new CancellationTokenSource(options.Value.StorePatience, time);
        (Message, ChatSession)? stored = null;
        try
        {
            stored = await FinishAsync(live, answer, status, failure?.Detail, patience.Token);
            failure ??= stored is null ? TurnFailure.Lost : null;
        }
        catch (Exception thrown) when (thrown is NpgsqlException or OperationCanceledException)
        {
            LogNotSaved(logger, turn.AnswerId, thrown.Message);
            failure ??= TurnFailure.StorageAway;
        }

        if (failure is not null || !answer.Waits)
        {
            var outcome = failure is null ? MessageStatus.Done : status is MessageStatus.Done or MessageStatus.Waiting ? MessageStatus.Failed : status;
            events.Ended(turn, answer, outcome, time.GetElapsedTime(started));
        }

        // An answer that its student stopped has ended as wished.
        return new TurnResult(stored?.Item1, stored?.Item2, failure == TurnFailure.Cancelled && stored is not null ? null : failure);
    }

    private async Task<(Message, ChatSession)?> FinishAsync(LiveTurn live, Answer answer, string status, string? failure, CancellationToken patience)
    {
        while (true)
        {
            try
            {
                return await answers.FinishAsync(live.Turn, live.Shown, answer, status, failure, patience);
            }
            catch (NpgsqlException away) when (away.IsTransient && !patience.IsCancellationRequested)
            {
                await Task.Delay(StoreRetryDelay, time, patience);
            }
        }
    }

    private static TurnFailure? Expected(Exception thrown, LiveTurn live, CancellationToken late, CancellationToken stop) => thrown switch
    {
        not TurnEndedException when live.IsLost => TurnFailure.Lost,
        // An answer that is stopped may look broken to those who read it.
        OperationCanceledException or ModelException when live.Cancelled.IsCancellationRequested => TurnFailure.Cancelled,
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
