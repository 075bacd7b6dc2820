using Microsoft.AspNetCore.Mvc;

namespace Lyceum.ChatService.Turns;

/// <summary>A turn as a stream of events: <c>session</c>, any number of <c>delta</c>, then <c>done</c> or <c>error</c>.</summary>
internal sealed class TurnStream(Turn turn, TurnRunner runner) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var stream = new EventStream(httpContext);
        await stream.WriteAsync("session", new SessionEvent(turn.SessionId, turn.QuestionId), ChatJson.Default.SessionEvent);
        var result = await runner.RunAsync(
            turn,
            delta => delta.Length == 0 ? stream.WriteSignOfLifeAsync() : stream.WriteAsync("delta", new DeltaEvent(delta), ChatJson.Default.DeltaEvent),
            httpContext.RequestAborted);
        if (result is { Failure: null, Message: { } message, Session: { } session })
        {
            await stream.WriteAsync("done", new DoneEvent(message, session), ChatJson.Default.DoneEvent);
        }
        else if (result.Failure is { } failure)
        {
            await stream.WriteAsync<ProblemDetails>("error", TurnProblems.Of(failure, turn), ChatJson.Default.ProblemDetails);
        }
    }
}
