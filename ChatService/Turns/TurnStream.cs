using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Tools;
using Microsoft.AspNetCore.Mvc;

namespace Lyceum.ChatService.Turns;

/// <summary>A turn as a stream of events: <c>session</c>, any number of <c>delta</c> and <c>tool</c>, then <c>done</c>, <c>approval</c> or <c>error</c>.</summary>
internal sealed class TurnStream(FollowedTurn turn, int from, IAsyncEnumerable<TurnStep> steps) : IResult
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var stream = new EventStream(httpContext);
        var calls = httpContext.RequestServices.GetRequiredService<ToolCallStore>();
        await stream.WriteAsync("session", At(from), new SessionEvent(turn.SessionId, turn.QuestionId, turn.AnswerId), ChatJson.Default.SessionEvent);
        try
        {
            await foreach (var step in steps.WithCancellation(httpContext.RequestAborted))
            {
                await WriteAsync(stream, step, calls, httpContext.RequestAborted);
            }
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // The reader has gone; the turn goes on.
        }
    }

    private async ValueTask WriteAsync(EventStream stream, TurnStep step, ToolCallStore store, CancellationToken cancellationToken)
    {
        if (step.Delta.Length > 0)
        {
            await stream.WriteAsync("delta", At(step.Length), new DeltaEvent(step.Delta), ChatJson.Default.DeltaEvent);
        }
        else if (step.Call is { } call)
        {
            await stream.WriteAsync("tool", At(step.Length), call, ToolJson.Default.ToolEvent);
        }
        else if (step.Result is null)
        {
            await stream.WriteSignOfLifeAsync();
        }
        else if (step.Result is { Failure: null, Message: { Status: MessageStatus.Waiting } waiting, Session: { } of })
        {
            var calls = await store.WaitingAsync(turn.AnswerId, cancellationToken);
            await stream.WriteAsync("approval", At(step.Length), new ApprovalEvent(waiting, of, calls), ToolJson.Default.ApprovalEvent);
        }
        else if (step.Result is { Failure: null, Message: { } message, Session: { } session })
        {
            await stream.WriteAsync("done", At(step.Length), new DoneEvent(message, session), ChatJson.Default.DoneEvent);
        }
        else
        {
            await stream.WriteAsync<ProblemDetails>("error", At(step.Length), TurnProblems.Of(step.Result.Failure ?? TurnFailure.Lost, turn), ChatJson.Default.ProblemDetails);
        }
    }

    private TurnPosition At(int length) => new(turn.AnswerId, length);
}
