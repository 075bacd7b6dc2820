using System.Collections.Concurrent;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Storage;
using Lyceum.ChatService.Turns;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Lyceum.ChatService.Jelai;

/// <summary>Answers messages that name no conversation: those of a student about one notebook are one.</summary>
internal sealed class JelaiTurns(
    NpgsqlDataSource database, ContextComposer contexts, TurnStore store, LiveTurns turns, TurnFollower follower, TimeProvider time)
{
    /// <summary>How many messages of one student wait for an answer to end; what comes beside them is refused.</summary>
    private const int MaxWaiting = 2;

    private const string Approve = "I can go on once you have allowed what I want to do: open the tutor's panel and decide there.";

    /// <summary>JELAI's watcher sends what comes while the tutor answers; it gives up after two minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly ConcurrentDictionary<string, int> _waiting = new(StringComparer.Ordinal);

    public async Task<Results<Ok<TutorReply>, ProblemHttpResult>> AskAsync(
        CallerIdentity student, string message, QuestionContext asked, CancellationToken cancellationToken)
    {
        var context = new AskedContext(contexts.From(asked), Completed: null);
        var started = time.GetTimestamp();
        Claim claim;
        do
        {
            var last = await FreeAsync(student, context.Told.NotebookPath, started, cancellationToken);
            if (last?.IsBusy is true)
            {
                return last.Waits ? TypedResults.Ok(new TutorReply(Approve)) : TurnProblems.Of(Refusal.AnotherTurnRuns, context.Told.NotebookPath ?? "");
            }

            if (turns.IsFullFor(student))
            {
                return TypedResults.Problem("The tutor answers as many questions as it can. Try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable);
            }

            claim = last is null
                ? await store.StartAsync(student, message, context, null, cancellationToken)
                : await store.AskAsync(student, last.Conversation, message, context, null, cancellationToken);
        }
        // Another message that waited was faster.
        while (claim.Refusal == Refusal.AnotherTurnRuns && time.GetElapsedTime(started) < Patience);

        if (claim.Turn is not { } turn)
        {
            return TurnProblems.Of(claim.Refusal, context.Told.NotebookPath ?? "");
        }

        var result = await TurnFollower.EndAsync(follower.FollowAsync(turns.Start(turn), 0, cancellationToken));
        return result is { Failure: null, Message: { } answer }
            ? TypedResults.Ok(new TutorReply(answer.Status == MessageStatus.Waiting ? $"{answer.Content}\n\n{Approve}".TrimStart() : answer.Content))
            : TypedResults.Problem(TurnProblems.Of(result.Failure ?? TurnFailure.Lost, FollowedTurn.Of(turn)));
    }

    /// <summary>The student's conversation about the notebook once nothing is being answered in it, or as it is when that takes too long.</summary>
    private async Task<LastConversation?> FreeAsync(CallerIdentity student, string? notebook, long started, CancellationToken cancellationToken)
    {
        var last = await LastAsync(student, notebook, cancellationToken);
        if (last is not { IsBusy: true, Waits: false })
        {
            return last;
        }

        try
        {
            if (_waiting.AddOrUpdate(student.Subject, 1, (_, count) => count + 1) > MaxWaiting)
            {
                return last;
            }

            while (last is { IsBusy: true, Waits: false } && time.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(Pause, time, cancellationToken);
                last = await LastAsync(student, notebook, cancellationToken);
            }

            return last;
        }
        finally
        {
            if (_waiting.AddOrUpdate(student.Subject, 0, (_, count) => count - 1) == 0)
            {
                _waiting.TryRemove(KeyValuePair.Create(student.Subject, 0));
            }
        }
    }

    private async Task<LastConversation?> LastAsync(CallerIdentity student, string? notebook, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT c.id,
                   EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id AND m.lease_until > now()),
                   EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id AND m.waiting_until > now())
            FROM conversation c
            WHERE c.subject = $1 AND c.notebook_path IS NOT DISTINCT FROM $2 ORDER BY c.updated_at DESC, c.id DESC LIMIT 1
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(student.Subject), Parameter.Text(notebook)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? new LastConversation(rows.GetGuid(0), rows.GetBoolean(1) || rows.GetBoolean(2), rows.GetBoolean(2)) : null;
    }

    /// <param name="Conversation">The conversation's id.</param>
    /// <param name="IsBusy">Whether an answer is not at its end.</param>
    /// <param name="Waits">Whether that waits for the student.</param>
    private sealed record LastConversation(Guid Conversation, bool IsBusy, bool Waits);
}
