using System.Diagnostics;
using Lyceum.ChatService.Actions;
using ModelContextProtocol;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Lyceum.ChatService.Mcp;

/// <summary>One server: what it offers, remembered for a while, and calls of it. A connection that broke is made anew when it is next needed.</summary>
internal sealed partial class McpConnection(McpServerEntry server, McpOptions options, OutboundAddresses addresses, TimeProvider time, ILoggerFactory loggers) : IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger<McpConnection>();
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _closed = new();
    private McpSession? _session;
    private IReadOnlyList<McpClientTool> _tools = [];
    private Task<IReadOnlyList<McpClientTool>>? _refresh;
    private DateTimeOffset _until;

    public McpServerEntry Server => server;

    /// <summary>What it offers; nothing while it is away. It is asked once for all who wait, and goes on being asked when they do not.</summary>
    public async Task<IReadOnlyList<McpClientTool>> ToolsAsync(CancellationToken cancellationToken)
    {
        Task<IReadOnlyList<McpClientTool>> refresh;
        lock (_lock)
        {
            if (_refresh is null && time.GetUtcNow() < _until)
            {
                return _tools;
            }

            refresh = _refresh ??= Task.Run(RefreshAsync, CancellationToken.None);
        }

        return await refresh.WaitAsync(cancellationToken);
    }

    /// <summary>Calls a tool; null when the server is away or speaks nonsense.</summary>
    public async Task<CallToolResult?> CallAsync(string tool, IReadOnlyDictionary<string, object?> arguments, CancellationToken cancellationToken)
    {
        // Identity and trace of the caller stay inside.
        Activity.Current = null;
        if (Enter() is not { } session)
        {
            return null;
        }

        try
        {
            return await session.Client.CallToolAsync(tool, arguments, cancellationToken: cancellationToken);
        }
        catch (McpException refused)
        {
            return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = refused.Message }] };
        }
        catch (Exception failure) when (IsAway(failure, cancellationToken))
        {
            LogAway(_logger, server.Name, failure);
            lock (_lock)
            {
                // One that has been connected to anew is not at fault.
                _until = ReferenceEquals(_session, session) ? default : _until;
            }

            return null;
        }
        finally
        {
            session.Exit();
        }
    }

    public void Dispose()
    {
        _closed.Cancel();
        Take(null, []);
        _closed.Dispose();
    }

    private McpSession? Enter()
    {
        lock (_lock)
        {
            return _session?.TryEnter() is true ? _session : null;
        }
    }

    private async Task<IReadOnlyList<McpClientTool>> RefreshAsync()
    {
        Activity.Current = null;
        using var late = new CancellationTokenSource(options.ConnectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, _closed.Token);
        McpSession? session = null;
        try
        {
            // A server that was restarted does not know the connection any more.
            session = new McpSession(await ConnectAsync(either.Token));
            var tools = await session.Client.ListToolsAsync(cancellationToken: either.Token);
            return Take(session, [.. tools]);
        }
#pragma warning disable CA1031 // Whatever a server of others does wrong, it is away for a while.
        catch (Exception failure)
#pragma warning restore CA1031
        {
            LogAway(_logger, server.Name, failure);
            session?.Replace();
            return Take(null, []);
        }
    }

    private IReadOnlyList<McpClientTool> Take(McpSession? session, IReadOnlyList<McpClientTool> tools)
    {
        McpSession? former;
        lock (_lock)
        {
            (former, _session, _tools, _refresh) = (_session, session, tools, null);
            _until = time.GetUtcNow() + (session is null ? options.RetryAfter : options.ToolsLifetime);
        }

        former?.Replace();
        return tools;
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

    private static bool IsAway(Exception failure, CancellationToken cancellationToken) =>
        failure is HttpRequestException or IOException or TimeoutException or System.Text.Json.JsonException or InvalidOperationException
        || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The MCP server {Server} is away, or speaks another language")]
    private static partial void LogAway(ILogger logger, string server, Exception failure);
}
