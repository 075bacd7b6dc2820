using System.Diagnostics;
using Lyceum.ChatService.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Lyceum.ChatService.Turns;

internal static class TurnProblems
{
    /// <summary>A failed turn in words, with what a client needs to retry it.</summary>
    public static ProblemDetails Of(TurnFailure failure, FollowedTurn turn) => new()
    {
        Type = $"urn:lyceum:turn:{failure.Kind}",
        Title = ReasonPhrases.GetReasonPhrase(failure.Status),
        Status = failure.Status,
        Detail = failure.Detail,
        Extensions =
        {
            ["session_id"] = turn.SessionId.ToString(),
            ["question_id"] = turn.QuestionId.ToString(),
            ["traceId"] = Activity.Current?.TraceId.ToString(),
        },
    };

    public static ProblemHttpResult Of(Refusal refusal, string conversation) => refusal switch
    {
        Refusal.AnotherTurnRuns => Conflict($"The tutor is still answering in the conversation '{conversation}': wait for it, or stop it."),
        Refusal.KeyUsed => Conflict($"The {RequestKey.Header} began a turn of a conversation that has been deleted since."),
        Refusal.PersonAnswers => Conflict("A person has taken this conversation over: write to them, or wait until they hand it back."),
        Refusal.NothingToRetry => Conflict($"The last question of the conversation '{conversation}' has its answer: there is nothing to retry."),
        _ => ConversationProblems.NotFound(conversation),
    };

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
