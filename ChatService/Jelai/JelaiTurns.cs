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
    /// <summary>JELAI's watcher sends what comes while the tutor answers; it gives up after two minutes.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    public async Task<Results<Ok<TutorReply>, ProblemHttpResult>> AskAsync(
        CallerIdentity student, string message, QuestionContext asked, CancellationToken cancellationToken)
    {
        if (turns.IsFull)
        {
            return TypedResults.Problem("The tutor answers as many questions as it can. Try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var context = contexts.From(asked);
        var claim = await BeginAsync(student, message, context, cancellationToken);
        if (claim.Turn is not { } turn)
        {
            return TurnProblems.Of(claim.Refusal, context.NotebookPath ?? "");
        }

        var result = await TurnFollower.EndAsync(follower.FollowAsync(turns.Start(turn), 0, cancellationToken));
        return result is { Failure: null, Message: { } answer }
            ? TypedResults.Ok(new TutorReply(answer.Content))
            : TypedResults.Problem(TurnProblems.Of(result.Failure ?? TurnFailure.Lost, FollowedTurn.Of(turn)));
    }

    private async Task<Claim> BeginAsync(CallerIdentity student, string message, TutorContext context, CancellationToken cancellationToken)
    {
        for (var started = time.GetTimestamp(); ;)
        {
            var claim = await LastAsync(student, context.NotebookPath, cancellationToken) is { } conversation
                ? await store.AskAsync(student, conversation, message, context, null, cancellationToken)
                : await store.StartAsync(student, message, context, null, cancellationToken);
            if (claim.Refusal != Refusal.AnotherTurnRuns || time.GetElapsedTime(started) > Patience)
            {
                return claim;
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task<Guid?> LastAsync(CallerIdentity student, string? notebook, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT id FROM conversation WHERE subject = $1 AND notebook_path IS NOT DISTINCT FROM $2 ORDER BY updated_at DESC, id DESC LIMIT 1
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(student.Subject), Parameter.Text(notebook)]);
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }
}
