using System.Security.Claims;
using System.Text.Json.Serialization.Metadata;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Objectives;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Turns;

internal static class TurnEndpoints
{
    public static void AddTurns(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<QuestionChecks>();
        builder.Services.AddSingleton<TurnStore>();
        builder.Services.AddSingleton<KeptTurns>();
        builder.Services.AddSingleton<RequestKeys>();
        builder.Services.AddSingleton<AnswerStore>();
        builder.Services.AddSingleton<TurnEvents>();
        builder.Services.AddSingleton<AnswerGrower>();
        builder.Services.AddSingleton<AnswerWriter>();
        builder.Services.AddSingleton<ExpertAgent>();
        builder.Services.AddSingleton<TurnGroundsReader>();
        builder.Services.AddSingleton<ObjectiveFinder>();
        builder.Services.AddSingleton<QuestionSorter>();
        builder.Services.AddSingleton<HistorySummaries>();
        builder.Services.AddSingleton<QuestionStudies>();
        builder.Services.AddSingleton<TurnPlanner>();
        builder.Services.AddSingleton<WaitedTurns>();
        builder.Services.AddSingleton<TurnRunner>();
        builder.Services.AddSingleton<LiveTurns>();
        builder.Services.AddSingleton<TurnFollower>();
        builder.Services.AddSingleton<TurnAnswers>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<LiveTurns>());
        builder.Services.AddHostedService<AnswerLeases>();
        builder.Services.AddHostedService<CancelListener>();
        builder.Services.AddHostedService<ExpiredTurns>();
    }

    public static void MapTurns(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<IOptions<ConversationsOptions>>().Value;
        var group = routes.MapGroup("/llm/chat").WithMetadata(new RequestSizeLimitAttribute(limits.MaxBodyBytes));
        group.MapPost("/", StartAsync);
        group.MapPost("/{session_id}/message", AskAsync);
        group.MapPost("/{session_id}/retry", RetryAsync);
        group.MapPost("/{session_id}/cancel", CancelAsync);
        group.MapGet("/{session_id}/stream", StreamAsync);
    }

    private static async Task<IResult> StartAsync(
        StartRequest body, HttpContext http, QuestionChecks checks, ContextComposer contexts, TurnStore turns, TurnAnswers answers)
    {
        if (checks.Check("initial_message", body.InitialMessage, body.Context) is { } complaint)
        {
            return complaint;
        }

        return await answers.AnswerAsync(
            http,
            body,
            ChatJson.Default.StartRequest,
            key => turns.StartAsync(http.User.Caller(), body.InitialMessage!, contexts.Begin(http.User.Caller(), body.Context, isFirst: true), key, http.RequestAborted),
            "",
            (message, session) => TypedResults.Json(new StartedConversation(session.SessionId, message), ChatJson.Default.StartedConversation));
    }

    private static async Task<IResult> AskAsync(
        string session_id, AskRequest body, HttpContext http, QuestionChecks checks, ContextComposer contexts, TurnStore turns, TurnAnswers answers)
    {
        if (checks.Check("user_message", body.UserMessage, body.Context) is { } complaint)
        {
            return complaint;
        }

        return await ContinueAsync(session_id, http, body, ChatJson.Default.AskRequest, answers, (id, key) =>
            turns.AskAsync(http.User.Caller(), id, body.UserMessage!, contexts.Begin(http.User.Caller(), body.Context, isFirst: false), key, http.RequestAborted));
    }

    private static Task<IResult> RetryAsync(string session_id, HttpContext http, TurnStore turns, TurnAnswers answers) =>
        ContinueAsync(session_id, http, "retry", ChatJson.Default.String, answers, (id, key) =>
            turns.RetryAsync(http.User.Caller(), id, key, http.RequestAborted));

    private static async Task<IResult> ContinueAsync<T>(
        string session, HttpContext http, T body, JsonTypeInfo<T> type, TurnAnswers answers, Func<Guid, RequestKey?, Task<Claim>> begin) =>
        Guid.TryParse(session, out var id)
            ? await answers.AnswerAsync(http, body, type, key => begin(id, key), session, (message, updated) =>
                TypedResults.Json(new AnsweredQuestion(message, updated), ChatJson.Default.AnsweredQuestion))
            : ConversationProblems.NotFound(session);

    /// <summary>Stops the answer that is being written, on whichever replica. Its stream ends with what there is of it.</summary>
    private static async Task<Results<Accepted, ProblemHttpResult>> CancelAsync(
        string session_id, ClaimsPrincipal user, AnswerStore answers, LiveTurns turns, CancellationToken cancellationToken)
    {
        var subject = user.Caller().Subject;
        if (!Guid.TryParse(session_id, out var id) || await answers.LastAsync(subject, id, cancellationToken) is null)
        {
            return ConversationProblems.NotFound(session_id);
        }

        if (await answers.RequestCancelAsync(subject, id, cancellationToken) is not { } answer)
        {
            return TypedResults.Problem("The tutor is not answering: there is nothing to stop.", statusCode: StatusCodes.Status409Conflict);
        }

        turns.Find(answer)?.Cancel();
        return TypedResults.Accepted(new Uri($"/llm/chat/{id}/stream", UriKind.Relative));
    }

    /// <summary>The last answer, or the one that <c>Last-Event-ID</c> names from where the client left it, as a stream.</summary>
    private static async Task<IResult> StreamAsync(
        string session_id, HttpContext http, AnswerStore answers, LiveTurns turns, TurnFollower follower)
    {
        var position = default(TurnPosition);
        if (http.Request.Headers[TurnPosition.Header].ToString() is { Length: > 0 } last && !TurnPosition.TryParse(last, out position))
        {
            return TypedResults.Problem($"The header {TurnPosition.Header} must be an event's id of this stream.", statusCode: StatusCodes.Status400BadRequest);
        }

        var subject = http.User.Caller().Subject;
        var turn = Guid.TryParse(session_id, out var id)
            ? await (position.Answer == default ? answers.LastAsync(subject, id, http.RequestAborted) : answers.FindAsync(subject, id, position.Answer, http.RequestAborted))
            : null;
        if (turn is null)
        {
            return ConversationProblems.NotFound(session_id);
        }

        return await follower.KeptAsync(turn, turns.Find(turn.AnswerId), http.RequestAborted) is { } lost
            ? TypedResults.Problem(TurnProblems.Of(lost, turn))
            : new TurnStream(turn, position.Length, follower.FollowAsync(turn, position.Length, http.RequestAborted));
    }
}
