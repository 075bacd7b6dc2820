using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Library;

/// <summary>The files that a model is created from, sent once by the operator and written to every node meant, as they come.</summary>
internal sealed class BlobCopies(LibraryNodes nodes, NodeClient client)
{
    private const int PieceSize = 64 * 1024;
    private static readonly SearchValues<char> Hexadecimal = SearchValues.Create("0123456789abcdef");

    /// <summary>200 when every node has it, 404 otherwise.</summary>
    public async Task FindAsync(HttpContext context, string digest)
    {
        var path = PathOf(digest);
        var found = await Task.WhenAll(nodes.Chosen(context.Request).Select(node => HasAsync(node, path, context.RequestAborted)));
        context.Response.StatusCode = found.All(has => has) ? StatusCodes.Status200OK : StatusCodes.Status404NotFound;
        await context.Response.CompleteAsync();
    }

    public async Task StoreAsync(HttpContext context, string digest)
    {
        var path = PathOf(digest);
        var chosen = nodes.Chosen(context.Request);
        using var gone = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        var pipes = chosen.Select(_ => new Pipe()).ToArray();
        var sending = chosen.Select((node, i) => SendAsync(node, path, pipes[i].Reader, context.Request.ContentLength, gone.Token)).ToArray();
        try
        {
            await SpreadAsync(context.Request.Body, pipes, gone.Token);
            var failed = (await Task.WhenAll(sending)).OfType<(int Status, string Error)>().ToArray();
            if (failed is [var (status, error), ..])
            {
                await context.WriteErrorAsync(status, error);
                return;
            }

            context.Response.StatusCode = StatusCodes.Status201Created;
        }
        finally
        {
            await gone.CancelAsync();
            await Task.WhenAll(sending).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Writes what comes to all pipes; the slowest node sets the pace, one that has given up sets none.</summary>
    private static async Task SpreadAsync(Stream body, Pipe[] pipes, CancellationToken cancellationToken)
    {
        var piece = new byte[PieceSize];
        Exception? failure = null;
        try
        {
            while (await body.ReadAsync(piece, cancellationToken) is var length and > 0)
            {
                var results = await Task.WhenAll(pipes.Select(pipe => pipe.Writer.WriteAsync(piece.AsMemory(0, length), cancellationToken).AsTask()));
                if (results.All(result => result.IsCompleted))
                {
                    return;
                }
            }
        }
        catch (Exception broken)
        {
            failure = broken;
            throw;
        }
        finally
        {
            foreach (var pipe in pipes)
            {
                // With a failure, so that no node takes half a file for a whole one.
                await pipe.Writer.CompleteAsync(failure);
            }
        }
    }

    private async Task<(int Status, string Error)?> SendAsync(ModelNode node, string path, PipeReader body, long? length, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StreamContent(body.AsStream());
            content.Headers.ContentLength = length;
            using var request = node.Request(HttpMethod.Post, path, content);
            using var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? null : ((int)response.StatusCode, $"{node.Name}: {await NodeError.ReadAsync(response, cancellationToken)}");
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return (StatusCodes.Status502BadGateway, $"{node.Name}: {NodeFailure.Broken.Message()}");
        }
        finally
        {
            await body.CompleteAsync();
        }
    }

    private async Task<bool> HasAsync(ModelNode node, string path, CancellationToken cancellationToken)
    {
        try
        {
            using var request = node.Request(HttpMethod.Head, path);
            using var response = await client.SendAsync(request, cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            return false;
        }
    }

    /// <summary>The path on a node; only a digest, so that no other path can be reached through it.</summary>
    private static string PathOf(string digest) =>
        digest.Length == "sha256:".Length + 64 && digest.StartsWith("sha256:", StringComparison.Ordinal) && digest.AsSpan("sha256:".Length).IndexOfAnyExcept(Hexadecimal) < 0
            ? $"/api/blobs/{digest}"
            : throw new BadHttpRequestException("invalid digest format");
}
