using System.Security.Claims;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Conversations;

internal static class ConversationEndpoints
{
    private const int MaxSessions = 200;
    private const int MaxMessages = 1000;

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
        group.MapDelete("/{session_id}", DeleteAsync);
    }

    private static async Task<Results<Ok<SessionList>, ProblemHttpResult>> ListAsync(
        string? notebook_path, int? limit, Guid? before, ConversationStore conversations, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxSessions)
        {
            return OutOfRange(MaxSessions);
        }

        return TypedResults.Ok(new SessionList(await conversations.ListAsync(user.Caller().Subject, notebook_path, before, limit ?? 50, cancellationToken)));
    }

    private static async Task<Results<Ok<History>, ProblemHttpResult>> HistoryAsync(
        string session_id, int? limit, Guid? before, ConversationStore conversations, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxMessages)
        {
            return OutOfRange(MaxMessages);
        }

        return Guid.TryParse(session_id, out var id)
            && await conversations.HistoryAsync(user.Caller().Subject, id, before, limit ?? MaxMessages, cancellationToken) is { } messages
            ? TypedResults.Ok(new History(id, messages))
            : ConversationProblems.NotFound(session_id);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string session_id, ConversationStore conversations, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        Guid.TryParse(session_id, out var id) && await conversations.DeleteAsync(user.Caller().Subject, id, cancellationToken)
            ? TypedResults.NoContent()
            : ConversationProblems.NotFound(session_id);

    private static ProblemHttpResult OutOfRange(int max) =>
        TypedResults.Problem($"'limit' must be between 1 and {max}.", statusCode: StatusCodes.Status400BadRequest);
}
