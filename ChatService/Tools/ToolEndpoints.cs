using System.Security.Claims;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Guard;
using Lyceum.ChatService.Turns;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Tools;

/// <summary>What the tutor had done, or wants to have done: for its user, who decides on some of it, and for instructors.</summary>
internal static class ToolEndpoints
{
    private const int MaxCalls = 200;

    public static void AddTools(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ToolsOptions>().BindConfiguration("Tools").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ToolJson.Default));
        builder.Services.AddSingleton<ToolCallStore>();
        builder.Services.AddSingleton<ToolCalls>();
        builder.Services.AddSingleton<ToolCallingClient>();
        builder.Services.AddSingleton<Toolbox>();
        builder.Services.AddSingleton<Approvals>();
        builder.Services.AddSingleton<AnswerGuards>();
    }

    public static void MapTools(this IEndpointRouteBuilder routes)
    {
        var calls = routes.MapGroup("/llm/chat/{session_id}/calls");
        calls.MapGet("/", ListAsync);
        calls.MapPost("/{call_id:guid}/approve", ApproveAsync);
        calls.MapPost("/{call_id:guid}/deny", DenyAsync);
        var course = routes.MapCourse("/tutor");
        course.MapGet("/turns/{answer_id:guid}/calls", OfAnswerAsync);
        course.MapGet("/tools", ToolsAsync);
    }

    private static async Task<Results<Ok<CallList>, ProblemHttpResult>> ListAsync(
        string session_id, ToolCallStore calls, AnswerStore answers, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var subject = user.Caller().Subject;
        return Guid.TryParse(session_id, out var id) && await answers.LastAsync(subject, id, cancellationToken) is not null
            // What a call came to is for the model, which answers within the policy; and for instructors.
            ? TypedResults.Ok(new CallList([.. (await calls.OfConversationAsync(subject, id, MaxCalls, cancellationToken)).Select(call => call with { Result = null, ResultCut = false })]))
            : ConversationProblems.NotFound(session_id);
    }

    private static Task<Results<Accepted, ProblemHttpResult>> ApproveAsync(
        string session_id, Guid call_id, Approvals approvals, LiveTurns turns, HttpContext http, CancellationToken cancellationToken) =>
        DecideAsync(session_id, call_id, approved: true, approvals, turns, http, cancellationToken);

    private static Task<Results<Accepted, ProblemHttpResult>> DenyAsync(
        string session_id, Guid call_id, Approvals approvals, LiveTurns turns, HttpContext http, CancellationToken cancellationToken) =>
        DecideAsync(session_id, call_id, approved: false, approvals, turns, http, cancellationToken);

    /// <summary>Decides on a call. Once all of an answer are decided, it goes on: its stream tells how.</summary>
    private static async Task<Results<Accepted, ProblemHttpResult>> DecideAsync(
        string session, Guid call, bool approved, Approvals approvals, LiveTurns turns, HttpContext http, CancellationToken cancellationToken)
    {
        if (turns.IsFullFor(http.User.Caller()))
        {
            http.Response.Headers.RetryAfter = "2";
            return TypedResults.Problem("The tutor answers as many questions as it can. Try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        if (!Guid.TryParse(session, out var id))
        {
            return ConversationProblems.NotFound(session);
        }

        var (decision, turn) = await approvals.DecideAsync(http.User.Caller(), id, call, approved, cancellationToken);
        if (turn is not null)
        {
            turns.Start(turn);
        }

        return decision switch
        {
            Decision.Taken => TypedResults.Accepted(new Uri($"/llm/chat/{id}/stream", UriKind.Relative)),
            Decision.DecidedBefore => TypedResults.Problem("The call has been decided already, its answer waits no longer, or a person has taken the conversation over.", statusCode: StatusCodes.Status409Conflict),
            _ => TypedResults.Problem($"There is no call '{call}' in this conversation.", statusCode: StatusCodes.Status404NotFound),
        };
    }

    private static async Task<Ok<CallList>> OfAnswerAsync(string course, Guid answer_id, ToolCallStore calls, CancellationToken cancellationToken) =>
        TypedResults.Ok(new CallList(await calls.OfAnswerAsync(course, answer_id, cancellationToken)));

    private static async Task<Ok<ToolList>> ToolsAsync(string course, Toolbox toolbox, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var tools = await toolbox.FindAsync(new ToolRequest(user.Caller() with { Course = course }, Question: null, NotebookPath: null), ["*"], cancellationToken);
        return TypedResults.Ok(new ToolList([.. tools.Select(tool => new ListedTool(tool.Key, tool.Name, tool.Description, tool.NeedsApproval, tool.JsonSchema))]));
    }
}
