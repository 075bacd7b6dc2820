using System.Globalization;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Scheduling;
using Lyceum.ModelHost.Telemetry;
using Lyceum.ModelHost.Upkeep;
using Lyceum.ModelHost.Usage;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// Runs a request where the scheduler says. A node that fails before the answer has begun is replaced by another one without the client
/// noticing; one that fails later is, where the request permits to go on from the text that there is.
/// </summary>
internal sealed partial class ModelForwarder(
    NodeClient client,
    NodeFleet fleet,
    ModelScheduler scheduler,
    ModelTelemetry telemetry,
    RunAccounts accounts,
    Quotas quotas,
    ModelPolicies policies,
    IOptions<NodesOptions> nodes,
    IOptions<SchedulingOptions> scheduling,
    TimeProvider time,
    ILogger<ModelForwarder> logger)
{
    private readonly NodeLimits _limits = nodes.Value.Limits;

    public async Task ForwardAsync(HttpContext context, ModelOperation operation, ModelRequest request, Placement.OnNodes target)
    {
        context.Response.Headers["X-Lyceum-Model"] = target.Model;
        var traits = RequestTraits.Read(request.Body.Span, operation);
        // What costs nothing to answer is never refused, and neither is the built-in model, which does not come here.
        await using var hold = operation == ModelOperation.Show ? null : await quotas.HoldAsync(context, traits.Tokens, time);
        if (hold is null && operation != ModelOperation.Show)
        {
            return;
        }

        var run = new ModelRun(context, operation, request, target.Model, traits) { Hold = hold };
        run.Request.KeepAlive = traits.HasKeepAlive ? null : policies.KeepAliveFor(operation, target.Model);
        try
        {
            while (await NextAttemptAsync(run))
            {
            }
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or HttpRequestException && context.RequestAborted.IsCancellationRequested)
        {
            // Leaving has taken the request out of the queue, or closed the connection to the node.
        }
    }

    /// <summary>Waits for a place and runs there; answers whether to try once more.</summary>
    private async Task<bool> NextAttemptAsync(ModelRun run)
    {
        using var entry = scheduler.Enter(run.Scheduled, run.Failed, run.Deadline);
        var asked = time.GetTimestamp();
        if (entry.IsWaiting && entry.Position is > 0 and var position)
        {
            await run.Answer.ShowPositionAsync(position);
        }

        var turn = await entry.WaitAsync(scheduling.Value.Heartbeat, () => run.Answer.ShowWaitingAsync(entry.Position), run.Context.RequestAborted);
        telemetry.Queued(run.Scheduled.Model, time.GetElapsedTime(asked));
        if (turn.Slot is not { } slot)
        {
            await RefuseAsync(run, turn.Refusal);
            return false;
        }

        using var measured = telemetry.Begin(run.Operation, run.Asked.Model, run.Scheduled.Model, slot.Node);
        measured.Asked(run.Asked.Body.Span);
        var failure = await TryAsync(run, slot, measured);
        if (failure is NodeFailure.None)
        {
            return false;
        }

        measured.Failed(failure.Code());
        LogFailed(logger, slot.Node.Address, failure);
        run.Fail(slot.Node, failure);
        if (failure is NodeFailure.Unreachable)
        {
            fleet.ReportFailure(slot.Node, "no connection");
        }

        return await MayGoOnAsync(run, slot.Node);
    }

    private async Task<NodeFailure> TryAsync(ModelRun run, NodeSlot slot, ModelTelemetry.ModelRun measured)
    {
        using var wait = new WaitLimit(_limits.FirstByte, _limits.Idle, time, run.Context.RequestAborted);
        await using var attempt = new NodeAttempt(client, slot.Node, run.Operation, run.Request, run.Scheduled.Model, wait, time);
        StreamRelay? relay = null;
        // What a node has not begun is not charged; what it has is by its figures.
        slot.Tokens = 0;
        NodeFailure early;
        try
        {
            early = await slot.Node.Breaker.RunAsync(
                attempt => attempt.BeginAsync(source => relay = new StreamRelay(source, run.Context.Response.BodyWriter, run.Operation.Shape, run.Text, wait)), attempt);
        }
        catch (Exception) when (attempt.IsSent && run.Context.RequestAborted.IsCancellationRequested)
        {
            accounts.Left(run, slot, measured);
            throw;
        }

        if (attempt.Refusal is { } refusal)
        {
            return await PassRefusalAsync(run, slot.Node, refusal);
        }

        if (early is not NodeFailure.None)
        {
            return early;
        }

        slot.Tokens = null;
        slot.Began();
        measured.FirstToken(slot.IsCold);
        try
        {
            var (failure, figures) = relay is not null ? await PassStreamAsync(run, attempt, relay) : await AnswerRelay.RunAsync(run, attempt, wait);
            if (failure is not NodeFailure.None)
            {
                await slot.Node.Breaker.ReportAsync(failure);
            }

            accounts.Ended(run, slot, measured, figures, relay is not null, isCharged: failure is NodeFailure.None);
            return failure;
        }
        catch (Exception) when (run.Context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; what the node has worked for it counts all the same.
            accounts.Ended(run, slot, measured, relay?.Figures ?? default, relay is not null, isCharged: true);
            throw;
        }
    }

    private static async Task<(NodeFailure Failure, TokenFigures Figures)> PassStreamAsync(ModelRun run, NodeAttempt attempt, StreamRelay relay)
    {
        run.Answer.BeginStream(attempt.ContentType?.ToString());
        var failure = await relay.RunAsync(run.Context.RequestAborted);
        run.Sent(relay);
        return (failure, relay.Figures);
    }

    /// <summary>An error of a node that another one may not have is not passed on while there is another one.</summary>
    private async Task<NodeFailure> PassRefusalAsync(ModelRun run, ModelNode node, NodeRefusal refusal)
    {
        if (refusal.IsWorthAnotherNode && scheduler.IsAble(run.Scheduled.Model, [.. run.Failed, node]))
        {
            return NodeFailure.Refused;
        }

        if (refusal.Body is { } body)
        {
            await run.Answer.FailAsync(refusal.Status, body, refusal.ContentType!, refusal.RetryAfter);
            return NodeFailure.None;
        }

        if (refusal.Status == StatusCodes.Status404NotFound)
        {
            await run.Answer.FailAsync(refusal.Status, $"{run.Operation.Path} is not part of what the model's node offers");
            return NodeFailure.None;
        }

        return NodeFailure.Refused;
    }

    /// <summary>Prepares another attempt; where there can be none, ends the answer.</summary>
    private async Task<bool> MayGoOnAsync(ModelRun run, ModelNode node)
    {
        // The next request is made of the whole body, and the thread that brought the failure has other connections (see InlineSockets).
        await Task.Yield();
        if (!run.HasSent || run.TryContinue())
        {
            run.AvoidAfterStart(scheduler.Nodes);
            // A connection that had idled may have been closed under the request, which says nothing of the node: once more, then.
            if (!run.HasSent && !scheduler.IsAble(run.Scheduled.Model, run.Failed) && run.LastFailure is NodeFailure.Broken && run.Failed.Count == 1 && !run.IsRepeated)
            {
                run.Repeat(node);
            }

            if (scheduler.IsAble(run.Scheduled.Model, run.Failed))
            {
                return true;
            }
        }

        await run.Answer.FailAsync(run.LastFailure.Status(), run.LastFailure.Message(), midLine: run.IsMidLine);
        return false;
    }

    private async Task RefuseAsync(ModelRun run, Refusal refusal)
    {
        if (refusal is Refusal.NoNode && run.LastFailure is not NodeFailure.None)
        {
            await run.Answer.FailAsync(run.LastFailure.Status(), run.LastFailure.Message());
            return;
        }

        var retryAfter = Math.Clamp(2 + (scheduler.Waiting / 16), 2, 60).ToString(CultureInfo.InvariantCulture);
        await run.Answer.FailAsync(StatusCodes.Status503ServiceUnavailable, refusal switch
        {
            Refusal.Full => "server busy, please try again.  maximum pending requests exceeded",
            Refusal.Late => "server busy, please try again.  no model node was free in time",
            _ => NodeFailure.Unreachable.Message(),
        }, retryAfter);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} gave no whole answer: {Failure}")]
    private static partial void LogFailed(ILogger logger, Uri node, NodeFailure failure);
}
