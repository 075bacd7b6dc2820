using System.IO.Pipelines;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Telemetry;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>Runs a request on the first node that takes it. Until the first byte goes to the client, the next node may take over.</summary>
internal sealed partial class ModelForwarder(
    NodeClient client,
    NodeFleet fleet,
    ModelTelemetry telemetry,
    IOptions<NodesOptions> options,
    TimeProvider time,
    ILogger<ModelForwarder> logger)
{
    private const int MaxError = 64 * 1024;
    private static readonly StreamPipeReaderOptions Reading = new(bufferSize: 8 * 1024, minimumReadSize: 2 * 1024, leaveOpen: true);
    private readonly NodeLimits _limits = options.Value.Limits;

    public async Task ForwardAsync(HttpContext context, ModelOperation operation, ModelRequest request, Placement.OnNodes target)
    {
        context.Response.Headers["X-Lyceum-Model"] = target.Model;
        var last = NodeFailure.Unreachable;
        for (var i = 0; i < target.Candidates.Count; i++)
        {
            var node = target.Candidates[i];
            using var run = telemetry.Begin(operation, request.Model, target.Model, node);
            var failure = await TryAsync(context, operation, request, target.Model, node, run, last: i == target.Candidates.Count - 1);
            if (failure is NodeFailure.None)
            {
                return;
            }

            last = failure;
            run.Failed(failure.Code());
            LogFailed(logger, node.Address, failure);
            if (failure is NodeFailure.Unreachable)
            {
                fleet.ReportFailure(node, "no connection");
            }

            if (context.Response.HasStarted)
            {
                return;
            }
        }

        await context.WriteErrorAsync(last.Status(), last.Message());
    }

    private async Task<NodeFailure> TryAsync(HttpContext context, ModelOperation operation, ModelRequest asked, string model, ModelNode node, ModelTelemetry.ModelRun run, bool last)
    {
        using var lease = node.Begin();
        using var wait = new WaitLimit(_limits.FirstByte, _limits.Idle, time, context.RequestAborted);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Address, operation.Path[1..])) { Content = asked.For(model) };
        try
        {
            using var answer = await client.SendAsync(request, wait.Token);
            if (!answer.IsSuccessStatusCode)
            {
                return await PassErrorAsync(context, answer, wait, last);
            }

            await using var stream = await answer.Content.ReadAsStreamAsync(wait.Token);
            var source = PipeReader.Create(stream, Reading);
            try
            {
                return answer.Content.Headers.ContentType?.MediaType is "application/x-ndjson" or "text/event-stream"
                    ? await PassStreamAsync(context, operation, answer, source, wait, run)
                    : await PassAnswerAsync(context, answer, source, wait, run);
            }
            finally
            {
                await source.CompleteAsync();
            }
        }
        catch (Exception failure) when (wait.Explains(failure) is not NodeFailure.None)
        {
            return wait.Explains(failure);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or HttpRequestException && context.RequestAborted.IsCancellationRequested)
        {
            // Leaving disposes the answer, which closes the connection: that is how the node learns of it.
            run.Failed("cancelled");
            return NodeFailure.None;
        }
    }

    private static async Task<NodeFailure> PassStreamAsync(
        HttpContext context, ModelOperation operation, HttpResponseMessage answer, PipeReader source, WaitLimit wait, ModelTelemetry.ModelRun run)
    {
        var relay = new StreamRelay(source, context.Response.BodyWriter, operation.Shape, wait);
        if (await relay.FirstLineAsync() is var early and not NodeFailure.None)
        {
            return early;
        }

        run.FirstToken();
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        context.Response.Headers["X-Accel-Buffering"] = "no";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        var failure = await relay.RunAsync(context.RequestAborted);
        run.Used(relay.Figures);
        return failure;
    }

    private static async Task<NodeFailure> PassAnswerAsync(HttpContext context, HttpResponseMessage answer, PipeReader source, WaitLimit wait, ModelTelemetry.ModelRun run)
    {
        context.Response.ContentType = answer.Content.Headers.ContentType?.ToString();
        var (failure, figures) = await AnswerRelay.RunAsync(context, answer, source, wait);
        run.Used(figures);
        return failure;
    }

    /// <summary>An error of a node that another one may not have is not passed on while there is another one.</summary>
    private static async Task<NodeFailure> PassErrorAsync(HttpContext context, HttpResponseMessage answer, WaitLimit wait, bool last)
    {
        var status = (int)answer.StatusCode;
        if (!last && status is StatusCodes.Status404NotFound or StatusCodes.Status429TooManyRequests or >= StatusCodes.Status500InternalServerError)
        {
            return NodeFailure.Refused;
        }

        if (status < StatusCodes.Status400BadRequest || answer.Content.Headers.ContentType?.MediaType != "application/json")
        {
            // Not a node's own words: perhaps those of a proxy before it.
            return NodeFailure.Refused;
        }

        await answer.Content.LoadIntoBufferAsync(MaxError, wait.Token);
        var body = await answer.Content.ReadAsByteArrayAsync(wait.Token);
        context.Response.StatusCode = status;
        context.Response.ContentType = answer.Content.Headers.ContentType.ToString();
        context.Response.ContentLength = body.Length;
        if (answer.Headers.RetryAfter is { } retryAfter)
        {
            context.Response.Headers.RetryAfter = retryAfter.ToString();
        }

        await context.Response.Body.WriteAsync(body, context.RequestAborted);
        return NodeFailure.None;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Node {Node} gave no whole answer: {Failure}")]
    private static partial void LogFailed(ILogger logger, Uri node, NodeFailure failure);
}
