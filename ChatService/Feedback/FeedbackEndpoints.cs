using System.Security.Claims;
using System.Text.Json;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.LearningEvents;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Lyceum.ChatService.Feedback;

/// <summary>The body of <c>PUT /llm/chat/{session_id}/messages/{id}/feedback</c>.</summary>
/// <param name="Rating"><c>up</c> or <c>down</c>; null takes it back.</param>
public sealed record FeedbackBody(string? Rating);

/// <summary>The detail of the learning event <c>TutorFeedback</c> (docs/architecture.md).</summary>
/// <param name="Conversation">The conversation's id.</param>
/// <param name="Answer">The answer's id.</param>
/// <param name="Model">The model that wrote it; null when none did.</param>
/// <param name="Rating"><c>up</c>, <c>down</c>, or <c>none</c> for one that was taken back.</param>
internal sealed record FeedbackGiven(Guid Conversation, Guid Answer, string? Model, string Rating);

/// <summary>What students think of answers.</summary>
internal static class FeedbackEndpoints
{
    public static void MapFeedback(this IEndpointRouteBuilder routes) =>
        routes.MapPut("/llm/chat/{session_id:guid}/messages/{id:guid}/feedback", RateAsync);

    private static async Task<Results<NoContent, ProblemHttpResult>> RateAsync(
        Guid session_id,
        Guid id,
        FeedbackBody body,
        ClaimsPrincipal user,
        NpgsqlDataSource database,
        LearningEventSender events,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        if (body.Rating is not (null or "up" or "down"))
        {
            return ConversationProblems.Invalid("rating", "It must be 'up', 'down' or null.");
        }

        var student = user.Caller();
        await using var command = database.CreateCommand("""
            UPDATE message m SET feedback = $4 FROM conversation c
            WHERE m.id = $1 AND c.id = $2 AND c.subject = $3 AND m.conversation_id = c.id AND m.sender = 'assistant'
            RETURNING m.model, c.notebook_path
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(id), Parameter.Id(session_id), Parameter.Text(student.Subject), Parameter.Text(body.Rating)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        if (!await rows.ReadAsync(cancellationToken))
        {
            return TypedResults.Problem($"There is no answer '{id}' in this conversation.", statusCode: StatusCodes.Status404NotFound);
        }

        var given = new FeedbackGiven(session_id, id, Columns.ReadText(rows, 0), body.Rating ?? "none");
        events.TrySend(new LearningEvent
        {
            Id = Guid.CreateVersion7(time.GetUtcNow()),
            Time = time.GetUtcNow(),
            Type = "TutorFeedback",
            Course = student.Course,
            Learner = student.Learner,
            Notebook = Columns.ReadText(rows, 1),
            Detail = JsonSerializer.SerializeToElement(given, ChatJson.Default.FeedbackGiven),
        });
        return TypedResults.NoContent();
    }
}
