using System.Diagnostics;
using Lyceum.ChatService.Actions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Lyceum.ChatService.Mcp;

/// <summary>One server: what it offers, remembered for a while, and calls of it. A connection that broke is made anew when it is next needed.</summary>
internal sealed partial class McpConnection(McpServerEntry server, McpOptions options, OutboundAddresses addresses, TimeProvider time, ILoggerFactory loggers) : IAsyncDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<McpConnection>();
    private readonly SemaphoreSlim _one = new(1, 1);
    private McpClient? _client;
    private IReadOnlyList<McpClientTool> _tools = [];
    private DateTimeOffset _until;

    public McpServerEntry Server => server;

    /// <summary>What it offers; nothing while it is away.</summary>
    public async Task<IReadOnlyList<McpClientTool>> ToolsAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() >= _until)
            {
                _tools = await OfferedAsync(cancellationToken);
            }

            return _tools;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Calls a tool; null when the server is away or speaks nonsense.</summary>
    public async Task<CallToolResult?> CallAsync(McpClientTool tool, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        // Identity and trace of the caller stay inside.
        Activity.Current = null;
        try
        {
            return await tool.CallAsync(arguments, cancellationToken: cancellationToken);
        }
        catch (McpException refused)
        {
            return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = refused.Message }] };
        }
        catch (Exception failure) when (IsAway(failure, cancellationToken))
        {
            LogAway(_logger, server.Name, failure);
            _until = default;
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ForgetAsync();
        _one.Dispose();
    }

    private async Task<IReadOnlyList<McpClientTool>> OfferedAsync(CancellationToken cancellationToken)
    {
        Activity.Current = null;
        try
        {
            // A server that was restarted does not know the connection any more.
            await ForgetAsync();
            _client = await ConnectAsync(cancellationToken);
            var tools = await _client.ListToolsAsync(cancellationToken: cancellationToken);
            _until = time.GetUtcNow() + options.ToolsLifetime;
            return [.. tools];
        }
        catch (Exception failure) when (failure is McpException || IsAway(failure, cancellationToken))
        {
            LogAway(_logger, server.Name, failure);
            _until = time.GetUtcNow() + options.RetryAfter;
            return [];
        }
    }

    private async Task<McpClient> ConnectAsync(CancellationToken cancellationToken)
    {
        var url = new Uri(server.Url);
#pragma warning disable CA2000 // The client owns the transport, that the HTTP client, and that its handlers.
        var http = new HttpClient(new LimitedResponses(url, options.MaxResponseBytes, addresses.CreateHandler(_ => server.AllowPrivate)));
        var transport = new HttpClientTransport(
            new HttpClientTransportOptions
            {
                Endpoint = url,
                Name = server.Name,
                TransportMode = HttpTransportMode.StreamableHttp,
                // Nothing is asked of us that we would not have to ask a user, and lists are asked for again anyway.
                EnableStandaloneGetStream = false,
                AdditionalHeaders = server.Authorization is { Length: > 0 } authorization ? new Dictionary<string, string> { ["Authorization"] = authorization } : null,
            },
            http,
            loggers,
            ownsHttpClient: true);
#pragma warning restore CA2000
        var about = new McpClientOptions { ClientInfo = new Implementation { Name = "lyceum", Version = "1" } };
        return await McpClient.CreateAsync(transport, about, loggers, cancellationToken);
    }

    private async Task ForgetAsync()
    {
        if (_client is { } client)
        {
            _client = null;
            try
            {
                await client.DisposeAsync();
            }
            catch (Exception failure) when (failure is McpException or HttpRequestException or IOException or OperationCanceledException)
            {
                // It was to be forgotten.
            }
        }
    }

    private static bool IsAway(Exception failure, CancellationToken cancellationToken) =>
        failure is HttpRequestException or IOException or TimeoutException or System.Text.Json.JsonException or InvalidOperationException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The MCP server {Server} is away, or speaks another language")]
    private static partial void LogAway(ILogger logger, string server, Exception failure);
}
