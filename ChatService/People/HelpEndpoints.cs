using System.Security.Claims;
using Lyceum.ChatService.Conversations;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.People;

/// <summary>A student asks for a person; an instructor takes the conversation over, answers in it, and hands it back to the tutor.</summary>
internal static class HelpEndpoints
{
    private const int MaxNote = 2_000;
    private const int MaxText = 8_000;
    private const int MaxMessages = 200;

    public static void AddPeople(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<HelpStore>();

    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        var student = routes.MapGroup("/llm/chat/{session_id:guid}/help");
        student.MapPost("/", AskAsync);
        student.MapGet("/", OpenAsync);
        student.MapDelete("/", WithdrawAsync);
        student.MapPost("/messages", SayToPersonAsync);

        var queue = routes.MapCourse("/tutor").MapGroup("/help");
        queue.MapGet("/", QueueAsync);
        queue.MapGet("/stream", StreamAsync);
        queue.MapGet("/{id:guid}", ReadAsync);
        queue.MapPost("/{id:guid}/take", TakeAsync);
        queue.MapPost("/{id:guid}/messages", SayAsync);
        queue.MapPost("/{id:guid}/hand-back", HandBackAsync);
    }

    private static async Task<Results<Ok<HelpRequest>, ProblemHttpResult>> AskAsync(
        Guid session_id, HelpBody? body, HelpStore help, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var note = body?.Note?.Trim() ?? "";
        if (note.Length > MaxNote || note.Contains('\0', StringComparison.Ordinal))
        {
            return ConversationProblems.Invalid("note", $"It must be text of at most {MaxNote} characters.");
        }

        var student = user.Caller();
        return await help.AskAsync(student, session_id, note, cancellationToken) && await help.OpenAsync(student.Subject, session_id, cancellationToken) is { } request
            ? TypedResults.Ok(request)
            : ConversationProblems.NotFound(session_id.ToString());
    }

    private static async Task<Results<Ok<HelpRequest>, NoContent>> OpenAsync(
        Guid session_id, HelpStore help, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await help.OpenAsync(user.Caller().Subject, session_id, cancellationToken) is { } request ? TypedResults.Ok(request) : TypedResults.NoContent();

    private static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(
        Guid session_id, HelpStore help, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await help.WithdrawAsync(user.Caller().Subject, session_id, cancellationToken)
            ? TypedResults.NoContent()
            : Conflict("Nobody was asked for in this conversation.");

    private static async Task<Results<NoContent, ProblemHttpResult>> SayToPersonAsync(
        Guid session_id, PersonMessageBody body, HelpStore help, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        Check(body)
        ?? (await help.SayToPersonAsync(user.Caller().Subject, session_id, body.Text!, cancellationToken)
            ? (Results<NoContent, ProblemHttpResult>)TypedResults.NoContent()
            : Conflict("No person has this conversation at the moment: ask the tutor."));

    private static async Task<Ok<OpenRequests>> QueueAsync(string course, HelpStore help, CancellationToken cancellationToken) =>
        TypedResults.Ok(new OpenRequests(await help.QueueAsync(course, cancellationToken)));

    private static HelpStream StreamAsync(string course) => new(course);

    private static async Task<Results<Ok<HelpConversation>, ProblemHttpResult>> ReadAsync(
        string course, Guid id, HelpStore help, CancellationToken cancellationToken) =>
        await help.FindAsync(course, id, cancellationToken) is { } request
            ? TypedResults.Ok(new HelpConversation(request, await help.MessagesAsync(request.SessionId, MaxMessages, cancellationToken)))
            : TypedResults.Problem($"There is no request '{id}' in this course.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Results<NoContent, ProblemHttpResult>> TakeAsync(
        string course, Guid id, HelpStore help, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await help.TakeAsync(user.Caller(), course, id, cancellationToken)
            ? TypedResults.NoContent()
            : Conflict("Somebody else has this conversation, or it is closed.");

    private static async Task<Results<NoContent, ProblemHttpResult>> SayAsync(
        string course, Guid id, PersonMessageBody body, HelpStore help, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        Check(body)
        ?? (await help.SayAsync(user.Caller(), course, id, body.Text!, cancellationToken)
            ? (Results<NoContent, ProblemHttpResult>)TypedResults.NoContent()
            : Conflict("You do not have this conversation: take it first."));

    private static async Task<Results<NoContent, ProblemHttpResult>> HandBackAsync(
        string course, Guid id, HelpStore help, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await help.HandBackAsync(user.Caller(), course, id, cancellationToken)
            ? TypedResults.NoContent()
            : Conflict("You do not have this conversation.");

    private static ProblemHttpResult? Check(PersonMessageBody body) =>
        string.IsNullOrWhiteSpace(body.Text) || body.Text.Length > MaxText || body.Text.Contains('\0', StringComparison.Ordinal)
            ? ConversationProblems.Invalid("text", $"It must be text of 1 to {MaxText} characters.")
            : null;

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
