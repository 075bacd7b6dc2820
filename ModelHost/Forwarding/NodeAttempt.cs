using System.Buffers;
using System.IO.Pipelines;
using System.Net.Http.Headers;
using System.Text.Json;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Translation;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>One request to one node, up to the point where its answer can go to the client.</summary>
internal sealed class NodeAttempt(NodeClient client, ModelNode node, ModelOperation operation, ModelRequest request, string model, WaitLimit wait, TimeProvider time) : IAsyncDisposable
{
    private const int MaxError = 64 * 1024;
    // Embeddings of some thousand texts.
    private const int MaxTranslated = 64 * 1024 * 1024;
    private static readonly StreamPipeReaderOptions Reading = new(bufferSize: 8 * 1024, minimumReadSize: 2 * 1024, leaveOpen: true);
    private static readonly MediaTypeHeaderValue Lines = new("application/x-ndjson");
    private static readonly MediaTypeHeaderValue Object = new("application/json") { CharSet = "utf-8" };
    private NodeTranslation? _translation;
    private byte[]? _whole;
    private HttpRequestMessage? _request;
    private HttpResponseMessage? _answer;

    /// <summary>Where the answer's bytes come from, once the node has begun well.</summary>
    public PipeReader? Source { get; private set; }

    public MediaTypeHeaderValue? ContentType => _translation is null ? _answer?.Content.Headers.ContentType : IsStream ? Lines : Object;

    public long? ContentLength => _translation is null ? _answer?.Content.Headers.ContentLength : _whole?.Length;

    public bool IsStream => _answer?.Content.Headers.ContentType?.MediaType is "application/x-ndjson" or "text/event-stream";

    /// <summary>Whether the node has got the whole request.</summary>
    public bool IsSent => _request?.Content is SplicedContent { IsSent: true };

    /// <summary>The node's refusal, in its own words where they are of the protocol.</summary>
    public NodeRefusal? Refusal { get; private set; }

    /// <summary>Asks the node, and waits for the first line of a stream. Answers what failed, for the breaker as well: a client's mistake is no failure.</summary>
    /// <param name="relayFor">Makes the relay of a stream; its first line is waited for.</param>
    public async ValueTask<NodeFailure> BeginAsync(Func<PipeReader, StreamRelay> relayFor)
    {
        Refusal = Prepare();
        if (Refusal is not null || Source is not null)
        {
            return NodeFailure.None;
        }

        try
        {
            _answer = await client.SendAsync(_request!, wait.Token);
            if (!_answer.IsSuccessStatusCode)
            {
                // 402 and 403 may be about the request: too long an answer for what is left, or words that the provider does not take.
                if (node.Kind is NodeKind.OpenAi && (int)_answer.StatusCode is StatusCodes.Status401Unauthorized)
                {
                    return NodeFailure.Unauthorized;
                }

                Refusal = await RefusalAsync(_answer);
                return Refusal.IsNodesFault ? NodeFailure.Refused : NodeFailure.None;
            }

            Source = await OpenAsync(_answer);
            return IsStream ? await relayFor(Source).FirstLineAsync() : NodeFailure.None;
        }
        catch (Exception failure) when (wait.Explains(failure) is not NodeFailure.None)
        {
            return wait.Explains(failure);
        }
        catch (JsonException)
        {
            return NodeFailure.Broken;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Source is not null)
        {
            await Source.CompleteAsync();
        }

        // An answer that was not read to its end closes the connection: that is how the node learns that nobody wants it.
        _answer?.Dispose();
        _request?.Dispose();
    }

    /// <summary>Makes the request for the node; answers why there is none, or has the answer ready.</summary>
    private NodeRefusal? Prepare()
    {
        if (!NodeTranslation.IsNeeded(node, operation))
        {
            if (node.Kind is NodeKind.OpenAi && RemoteContent.IsIn(request.Body.Span))
            {
                return NodeRefusal.Own(operation, StatusCodes.Status400BadRequest, RemoteContent.Message);
            }

            _request = node.Request(HttpMethod.Post, operation.Path, request.For(node.IdOf(model)));
            return null;
        }

        if (!node.Has(model))
        {
            return NodeRefusal.Own(operation, StatusCodes.Status404NotFound, $"model '{model}' not found");
        }

        try
        {
            _translation = NodeTranslation.Of(node, operation, request, model, time);
        }
        catch (JsonException failure)
        {
            return NodeRefusal.Own(operation, StatusCodes.Status400BadRequest, failure.Message);
        }

        if (_translation.Ready is { } ready)
        {
            Source = Give(ready);
        }
        else
        {
            _request = node.Request(HttpMethod.Post, _translation.Path, new SplicedContent(_translation.Body, default, default));
        }

        return null;
    }

    private async Task<PipeReader> OpenAsync(HttpResponseMessage answer)
    {
        if (_translation?.Answer is not { } translation)
        {
            return PipeReader.Create(await answer.Content.ReadAsStreamAsync(wait.Token), Reading);
        }

        if (IsStream)
        {
            return PipeReader.Create(new TranslatedStream(await answer.Content.ReadAsStreamAsync(wait.Token), translation, wait.Restart));
        }

        await answer.Content.LoadIntoBufferAsync(MaxTranslated, wait.Token);
        // Many megabytes may be to read, and the thread may be one that connections share.
        await Task.Yield();
        return Give(translation.Whole(await answer.Content.ReadAsByteArrayAsync(wait.Token)));
    }

    private PipeReader Give(byte[] whole)
    {
        _whole = whole;
        return PipeReader.Create(new ReadOnlySequence<byte>(whole));
    }

    private async Task<NodeRefusal> RefusalAsync(HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        if (answer.Content.Headers.ContentType is not { MediaType: "application/json" } type || status < StatusCodes.Status400BadRequest)
        {
            // Not a node's own words: perhaps those of a proxy before it, or of a node without this endpoint.
            return new NodeRefusal(status, null, null, null);
        }

        await answer.Content.LoadIntoBufferAsync(MaxError, wait.Token);
        var body = await answer.Content.ReadAsByteArrayAsync(wait.Token);
        if (_translation is not null)
        {
            body = CompletionAnswer.FailureIn(body) is { } words ? ApiErrors.Serialize(operation.Shape, status, words) : null;
        }

        return new NodeRefusal(status, body, type.ToString(), answer.Headers.RetryAfter?.ToString());
    }
}

/// <summary>An error that a node answered with.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its words; null where they are not of the protocol.</param>
/// <param name="ContentType">Their type.</param>
/// <param name="RetryAfter">When to come back, where it says so.</param>
internal sealed record NodeRefusal(int Status, byte[]? Body, string? ContentType, string? RetryAfter)
{
    /// <summary>One of ModelHost's own, before the node was asked.</summary>
    public static NodeRefusal Own(ModelOperation operation, int status, string message) =>
        new(status, ApiErrors.Serialize(operation.Shape, status, message), "application/json; charset=utf-8", null);

    /// <summary>Counts against the node.</summary>
    public bool IsNodesFault => Status is StatusCodes.Status429TooManyRequests or >= StatusCodes.Status500InternalServerError or < StatusCodes.Status400BadRequest;

    /// <summary>Another node may do better: also where this one lost the model since it was last asked.</summary>
    public bool IsWorthAnotherNode => IsNodesFault || (Status == StatusCodes.Status404NotFound && Body is not null);
}
