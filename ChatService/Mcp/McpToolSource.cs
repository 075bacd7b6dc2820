using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Tools;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Mcp;

/// <summary>The tools of the servers that the operator named.</summary>
internal sealed partial class McpToolSource : IToolSource, IAsyncDisposable
{
    private readonly McpConnection[] _connections;
    private readonly ILogger<McpToolSource> _logger;

    public McpToolSource(IOptions<McpOptions> options, OutboundAddresses addresses, TimeProvider time, ILoggerFactory loggers)
    {
        _connections = [.. options.Value.Servers.Select(server => new McpConnection(server, options.Value, addresses, time, loggers))];
        _logger = loggers.CreateLogger<McpToolSource>();
    }

    public string Prefix => "mcp/";

    public async Task<IReadOnlyList<Tool>> FindAsync(ToolRequest request, CancellationToken cancellationToken) =>
        [.. (await Task.WhenAll(_connections.Select(connection => FindAsync(connection, cancellationToken)))).SelectMany(tools => tools)];

    public async ValueTask DisposeAsync()
    {
        foreach (var connection in _connections)
        {
            await connection.DisposeAsync();
        }
    }

    private async Task<IReadOnlyList<Tool>> FindAsync(McpConnection connection, CancellationToken cancellationToken)
    {
        List<Tool> tools = [];
        foreach (var offered in await connection.ToolsAsync(cancellationToken))
        {
            if (McpTool.Of(connection, offered) is { } tool)
            {
                tools.Add(tool);
            }
            else
            {
                LogUnusable(_logger, connection.Server.Name, offered.Name);
            }
        }

        return tools;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The schema of the MCP server {Server}'s tool {Tool} cannot be held to: the tool is left out")]
    private static partial void LogUnusable(ILogger logger, string server, string tool);
}
