using System.Security.Claims;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Conversations;

internal static class ConversationEndpoints
{
    private const int MaxSessions = 200;
    private const int MaxMessages = 1000;
    private const int MaxTitle = 200;
    private const int MaxWords = 200;

    public static void AddConversations(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ConversationsOptions>().BindConfiguration("Conversations").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.ConfigureHttpJsonOptions(json => ChatJson.Use(json.SerializerOptions));
        builder.Services.AddSingleton<ConversationStore>();
    }

    public static void MapConversations(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/llm/chat");
        group.MapGet("/sessions", ListAsync);
        group.MapGet("/{session_id}/history", HistoryAsync);
        group.MapGet("/{session_id}/export", ExportAsync);
        group.MapPatch("/{session_id}", RenameAsync);
        group.MapDelete("/{session_id}", DeleteAsync);
    }

    private static async Task<Results<Ok<SessionList>, ProblemHttpResult>> ListAsync(
        string? notebook_path, string? q, int? limit, Guid? before, ConversationStore conversations, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxSessions)
        {
            return OutOfRange(MaxSessions);
        }

        if (q?.Length > MaxWords || q?.Contains('\0', StringComparison.Ordinal) is true)
        {
            return Bad($"'q' must be text of at most {MaxWords} characters.");
        }

        return TypedResults.Ok(await conversations.ListAsync(user.Caller().Subject, notebook_path, q, before, limit ?? 50, cancellationToken));
    }

    private static async Task<Results<Ok<History>, ProblemHttpResult>> HistoryAsync(
        string session_id, int? limit, Guid? before, ConversationStore conversations, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxMessages)
        {
            return OutOfRange(MaxMessages);
        }

        return Guid.TryParse(session_id, out var id)
            && await conversations.HistoryAsync(user.Caller().Subject, id, before, limit ?? MaxMessages, cancellationToken) is { } history
            ? TypedResults.Ok(history)
            : ConversationProblems.NotFound(session_id);
    }

    private static async Task<Results<ConversationExport, ProblemHttpResult>> ExportAsync(
        string session_id, string? format, ConversationStore conversations, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (format is not (null or ConversationExport.Json or ConversationExport.Markdown))
        {
            return Bad($"'format' must be '{ConversationExport.Json}' or '{ConversationExport.Markdown}'.");
        }

        return Guid.TryParse(session_id, out var id)
            && await conversations.FindAsync(user.Caller().Subject, id, cancellationToken) is { } session
            ? new ConversationExport(session, user.Caller().Subject, format ?? ConversationExport.Json, conversations)
            : ConversationProblems.NotFound(session_id);
    }

    private static async Task<Results<Ok<ChatSession>, ProblemHttpResult>> RenameAsync(
        string session_id, RenameRequest body, ConversationStore conversations, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (NotebookText.Line(body.Title ?? "") is not { Length: > 0 and <= MaxTitle } title)
        {
            return ConversationProblems.Invalid("title", $"It must be a line of 1 to {MaxTitle} characters.");
        }

        return Guid.TryParse(session_id, out var id)
            && await conversations.RenameAsync(user.Caller().Subject, id, title, cancellationToken) is { } session
            ? TypedResults.Ok(session)
            : ConversationProblems.NotFound(session_id);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string session_id, ConversationStore conversations, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        Guid.TryParse(session_id, out var id) && await conversations.DeleteAsync(user.Caller().Subject, id, cancellationToken)
            ? TypedResults.NoContent()
            : ConversationProblems.NotFound(session_id);

    private static ProblemHttpResult OutOfRange(int max) => Bad($"'limit' must be between 1 and {max}.");

    private static ProblemHttpResult Bad(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status400BadRequest);
}
