using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Nodes;

/// <summary>
/// The connections to nodes. Not one of the suite's clients on purpose: a node is not a service of ours, so it gets no identity,
/// and retries are decided here, where other nodes are known.
/// </summary>
internal sealed class NodeClient(IOptions<NodesOptions> options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan ProbeTimeout = TimeSpan.FromSeconds(3);
    private const int MaxAnswer = 16 * 1024 * 1024;

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ConnectTimeout = options.Value.Limits.Connect,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        // DNS names of nodes move in a cluster.
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        // A cancelled answer is not worth draining: closing the connection is what stops the node.
        MaxResponseDrainSize = 0,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>Sends and answers once the headers are there.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);

    /// <summary>A small JSON answer of a node, or null when it gives none in time.</summary>
    public async Task<JsonElement?> TryGetAsync(ModelNode node, string path, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ProbeTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var request = node.Request(HttpMethod.Get, path);
            using var response = await SendAsync(request, either.Token);
            if (!response.IsSuccessStatusCode)
            {
                return null;
            }

            await response.Content.LoadIntoBufferAsync(MaxAnswer, either.Token);
            using var document = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(either.Token));
            return document.RootElement.Clone();
        }
        catch (Exception failure) when (failure is HttpRequestException or JsonException or IOException
            || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    public void Dispose() => _client.Dispose();
}
