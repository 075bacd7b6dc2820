using System.IO.Pipelines;
using System.Net.Http.Headers;
using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>One request to one node, up to the point where its answer can go to the client.</summary>
internal sealed class NodeAttempt(NodeClient client, ModelNode node, ModelOperation operation, ModelRequest request, string model, WaitLimit wait) : IAsyncDisposable
{
    private const int MaxError = 64 * 1024;
    private static readonly StreamPipeReaderOptions Reading = new(bufferSize: 8 * 1024, minimumReadSize: 2 * 1024, leaveOpen: true);
    private HttpRequestMessage? _request;
    private HttpResponseMessage? _answer;

    /// <summary>Where the answer's bytes come from, once the node has begun well.</summary>
    public PipeReader? Source { get; private set; }

    public MediaTypeHeaderValue? ContentType => _answer?.Content.Headers.ContentType;

    public long? ContentLength => _answer?.Content.Headers.ContentLength;

    public bool IsStream => ContentType?.MediaType is "application/x-ndjson" or "text/event-stream";

    /// <summary>The node's refusal, in its own words where they are of the protocol.</summary>
    public NodeRefusal? Refusal { get; private set; }

    /// <summary>Asks the node, and waits for the first line of a stream. Answers what failed, for the breaker as well: a client's mistake is no failure.</summary>
    /// <param name="relayFor">Makes the relay of a stream; its first line is waited for.</param>
    public async ValueTask<NodeFailure> BeginAsync(Func<PipeReader, StreamRelay> relayFor)
    {
        try
        {
            _request = new HttpRequestMessage(HttpMethod.Post, new Uri(node.Address, operation.Path[1..])) { Content = request.For(model) };
            _answer = await client.SendAsync(_request, wait.Token);
            if (!_answer.IsSuccessStatusCode)
            {
                Refusal = await RefusalAsync(_answer);
                return Refusal.IsNodesFault ? NodeFailure.Refused : NodeFailure.None;
            }

            Source = PipeReader.Create(await _answer.Content.ReadAsStreamAsync(wait.Token), Reading);
            return IsStream ? await relayFor(Source).FirstLineAsync() : NodeFailure.None;
        }
        catch (Exception failure) when (wait.Explains(failure) is not NodeFailure.None)
        {
            return wait.Explains(failure);
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

    private async Task<NodeRefusal> RefusalAsync(HttpResponseMessage answer)
    {
        var status = (int)answer.StatusCode;
        if (answer.Content.Headers.ContentType is not { MediaType: "application/json" } type || status < StatusCodes.Status400BadRequest)
        {
            // Not a node's own words: perhaps those of a proxy before it, or of a node without this endpoint.
            return new NodeRefusal(status, null, null, null);
        }

        await answer.Content.LoadIntoBufferAsync(MaxError, wait.Token);
        return new NodeRefusal(status, await answer.Content.ReadAsByteArrayAsync(wait.Token), type.ToString(), answer.Headers.RetryAfter?.ToString());
    }
}

/// <summary>An error that a node answered with.</summary>
/// <param name="Status">Its status.</param>
/// <param name="Body">Its words; null where they are not of the protocol.</param>
/// <param name="ContentType">Their type.</param>
/// <param name="RetryAfter">When to come back, where it says so.</param>
internal sealed record NodeRefusal(int Status, byte[]? Body, string? ContentType, string? RetryAfter)
{
    /// <summary>Counts against the node.</summary>
    public bool IsNodesFault => Status is StatusCodes.Status429TooManyRequests or >= StatusCodes.Status500InternalServerError or < StatusCodes.Status400BadRequest;

    /// <summary>Another node may do better: also where this one lost the model since it was last asked.</summary>
    public bool IsWorthAnotherNode => IsNodesFault || (Status == StatusCodes.Status404NotFound && Body is not null);
}
