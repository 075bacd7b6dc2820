using System.Text.Json.Serialization.Metadata;
using Lyceum.ChatService.Conversations;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Turns;

/// <summary>Answers a request with the turn that it begins, or that its key began before: as a stream, or as JSON at its end.</summary>
internal sealed class TurnAnswers(LiveTurns turns, TurnFollower follower, RequestKeys keys)
{
    /// <param name="http">The request.</param>
    /// <param name="body">What it asks for.</param>
    /// <param name="type">How that is written, for its fingerprint.</param>
    /// <param name="begin">Begins the turn.</param>
    /// <param name="conversation">The conversation's id as the caller wrote it.</param>
    /// <param name="respond">The JSON of an answer.</param>
    public async Task<IResult> AnswerAsync<T>(
        HttpContext http, T body, JsonTypeInfo<T> type, Func<RequestKey?, Task<Claim>> begin, string conversation, Func<Message, ChatSession, IResult> respond)
    {
        var key = RequestKey.Read(http.Request, body, type);
        if (key is not null && await RepeatAsync(http, key, respond) is { } repeated)
        {
            return repeated;
        }

        if (turns.IsFullFor(http.User.Caller()))
        {
            http.Response.Headers.RetryAfter = "2";
            return TypedResults.Problem("The tutor answers as many questions as it can. Try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        var claim = await begin(key);
        if (claim.Refusal == Refusal.KeyUsed && await RepeatAsync(http, key!, respond) is { } raced)
        {
            return raced;
        }

        if (claim.Turn is not { } turn)
        {
            return TurnProblems.Of(claim.Refusal, conversation);
        }

        return await AnswerAsync(http, FollowedTurn.Of(turn), turns.Start(turn), respond);
    }

    private async Task<IResult?> RepeatAsync(HttpContext http, RequestKey key, Func<Message, ChatSession, IResult> respond)
    {
        if (await keys.FindAsync(http.User.Caller().Subject, key.Key, http.RequestAborted) is not var (turn, fingerprint))
        {
            return null;
        }

        return key.IsFor(fingerprint)
            ? await AnswerAsync(http, turn, turns.Find(turn.AnswerId), respond)
            : TypedResults.Problem($"The {RequestKey.Header} was used for another request.", statusCode: StatusCodes.Status422UnprocessableEntity);
    }

    private async Task<IResult> AnswerAsync(HttpContext http, FollowedTurn turn, LiveTurn? live, Func<Message, ChatSession, IResult> respond)
    {
        if (await follower.KeptAsync(turn, live, http.RequestAborted) is { } lost)
        {
            return Failed(http, lost, turn);
        }

        var steps = live is null ? follower.FollowAsync(turn, 0, http.RequestAborted) : follower.FollowAsync(live, 0, http.RequestAborted);
        if (http.Request.GetTypedHeaders().Accept.Any(accepted => accepted.MediaType.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase)))
        {
            return new TurnStream(turn, 0, steps);
        }

        var result = await TurnFollower.EndAsync(steps);
        if (result is { Failure: null, Message: { } message, Session: { } session })
        {
            return respond(message, session);
        }

        return Failed(http, result.Failure ?? TurnFailure.Lost, turn);
    }

    private static ProblemHttpResult Failed(HttpContext http, TurnFailure failure, FollowedTurn turn)
    {
        var problem = TurnProblems.Of(failure, turn);
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
        {
            http.Response.Headers.RetryAfter = "2";
        }

        return TypedResults.Problem(problem);
    }
}
