using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Library;

/// <summary>Runs what takes long on several nodes at once, and shows their progress as if it were one node's.</summary>
internal sealed class ProgressMerge(LibraryNodes nodes, NodeFleet fleet, NodeProgress progress)
{
    private const int Waiting = 64;

    public async Task RunAsync(HttpContext context, string path)
    {
        var chosen = nodes.Chosen(context.Request);
        var body = await ModelRequest.ReadBodyAsync(context);
        var streaming = AsksToStream(body.Span);
        if (streaming)
        {
            context.Response.ContentType = "application/x-ndjson";
        }

        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var news = Channel.CreateBounded<ProgressNews>(Waiting);
        var running = Task.WhenAll(chosen.Select(node => FollowAsync(node, path, body, news.Writer, gone.Token)));
        _ = running.ContinueWith(ended => news.Writer.TryComplete(ended.Exception), TaskScheduler.Default);

        try
        {
            var shared = new SharedProgress(chosen.Count);
            await foreach (var said in news.Reader.ReadAllAsync(context.RequestAborted))
            {
                if (shared.Add(said) is { } line && streaming)
                {
                    await WriteLineAsync(context, line);
                }
            }

            await fleet.RefreshAsync(away: false, force: true, context.RequestAborted);
            await EndAsync(context, streaming, shared);
        }
        finally
        {
            // Whatever ends this ends what the nodes do for it.
            await gone.CancelAsync();
            await running.ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    private static async Task EndAsync(HttpContext context, bool streaming, SharedProgress progress)
    {
        if (streaming)
        {
            await WriteLineAsync(context, progress.Error is { } error ? new ProgressLine { Error = error } : ProgressLine.Success);
        }
        else if (progress.Error is { } error)
        {
            await context.WriteErrorAsync(StatusCodes.Status500InternalServerError, error);
        }
        else
        {
            await context.Response.WriteAsJsonAsync(ProgressLine.Success, ProgressJson.Default.ProgressLine, cancellationToken: context.RequestAborted);
        }
    }

    private static async Task WriteLineAsync(HttpContext context, ProgressLine line)
    {
        context.Response.BodyWriter.Write(JsonSerializer.SerializeToUtf8Bytes(line, ProgressJson.Default.ProgressLine));
        context.Response.BodyWriter.Write("\n"u8);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary>Reports each line of one node, and at last its success or why there is none.</summary>
    private async Task FollowAsync(ModelNode node, string path, ReadOnlyMemory<byte> body, ChannelWriter<ProgressNews> news, CancellationToken cancellationToken)
    {
        var error = await progress.FollowAsync(node, path, body, line => news.WriteAsync(new ProgressNews(node, line), cancellationToken), cancellationToken);
        await news.WriteAsync(new ProgressNews(node, error is null ? ProgressLine.Success : new ProgressLine { Error = error }), cancellationToken);
    }

    private static bool AsksToStream(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, ProgressJson.Default.ProgressRequest)?.Stream ?? true;
        }
        catch (JsonException failure)
        {
            throw new BadHttpRequestException($"the body is not valid JSON: {failure.Message}", failure);
        }
    }
}
