using System.Security.Claims;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

internal static class TurnEndpoints
{
    public static void AddTurns(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<QuestionChecks>();
        builder.Services.AddSingleton<TurnStore>();
        builder.Services.AddSingleton<AnswerStore>();
        builder.Services.AddSingleton<TurnEvents>();
        builder.Services.AddSingleton<AnswerGrower>();
        builder.Services.AddSingleton<TurnRunner>();
        builder.Services.AddHostedService<ExpiredTurns>();
    }

    public static void MapTurns(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<IOptions<ConversationsOptions>>().Value;
        var group = routes.MapGroup("/llm/chat").WithMetadata(new RequestSizeLimitAttribute(limits.MaxBodyBytes));
        group.MapPost("/", StartAsync);
        group.MapPost("/{session_id}/message", AskAsync);
        group.MapPost("/{session_id}/retry", RetryAsync);
    }

    private static async Task<IResult> StartAsync(
        StartRequest body, HttpContext http, QuestionChecks checks, ContextComposer contexts, TurnStore turns, TurnRunner runner)
    {
        if (checks.Check("initial_message", body.InitialMessage, body.Context) is { } complaint)
        {
            return complaint;
        }

        var turn = await turns.StartAsync(http.User.Caller(), body.InitialMessage!, contexts.From(body.Context), http.RequestAborted);
        return await AnswerAsync(http, turn, runner, (message, session) =>
            TypedResults.Json(new StartedConversation(session.SessionId, message), ChatJson.Default.StartedConversation));
    }

    private static async Task<IResult> AskAsync(
        string session_id, AskRequest body, HttpContext http, QuestionChecks checks, ContextComposer contexts, TurnStore turns, TurnRunner runner)
    {
        if (checks.Check("user_message", body.UserMessage, body.Context) is { } complaint)
        {
            return complaint;
        }

        var claim = Guid.TryParse(session_id, out var id)
            ? await turns.AskAsync(http.User.Caller(), id, body.UserMessage!, contexts.From(body.Context), http.RequestAborted)
            : Refusal.NoSuchConversation;
        return await AnswerAsync(http, claim, session_id, runner);
    }

    private static async Task<IResult> RetryAsync(string session_id, HttpContext http, ClaimsPrincipal user, TurnStore turns, TurnRunner runner)
    {
        var claim = Guid.TryParse(session_id, out var id)
            ? await turns.RetryAsync(user.Caller(), id, http.RequestAborted)
            : Refusal.NoSuchConversation;
        return await AnswerAsync(http, claim, session_id, runner);
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, Claim claim, string conversation, TurnRunner runner) => claim.Turn is { } turn
        ? await AnswerAsync(http, turn, runner, (message, session) =>
            TypedResults.Json(new AnsweredQuestion(message, session), ChatJson.Default.AnsweredQuestion))
        : TurnProblems.Of(claim.Refusal, conversation);

    private static async Task<IResult> AnswerAsync(HttpContext http, Turn turn, TurnRunner runner, Func<Message, ChatSession, IResult> respond)
    {
        if (http.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase)))
        {
            return new TurnStream(turn, runner);
        }

        var result = await runner.RunAsync(turn, listener: null, http.RequestAborted);
        if (result is { Failure: null, Message: { } message, Session: { } session })
        {
            return respond(message, session);
        }

        var problem = TurnProblems.Of(result.Failure ?? TurnFailure.Lost, turn);
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "2";
        }

        return TypedResults.Problem(problem);
    }
}
