using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Tools;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Client;

namespace Lyceum.ChatService.Mcp;

/// <summary>The tools of the servers that the operator named.</summary>
internal sealed partial class McpToolSource : IToolSource, IDisposable
{
    private readonly McpConnection[] _connections;
    private readonly ILogger<McpToolSource> _logger;

    public McpToolSource(IOptions<McpOptions> options, OutboundAddresses addresses, TimeProvider time, ILoggerFactory loggers)
    {
        _connections = [.. options.Value.Servers.Select(server => new McpConnection(server, options.Value, addresses, time, loggers))];
        _logger = loggers.CreateLogger<McpToolSource>();
    }

    public string Prefix => "mcp/";

    public async Task<IReadOnlyList<Tool>> FindAsync(ToolRequest request, CancellationToken cancellationToken)
    {
        var asked = _connections.Where(connection => ToolPolicy.MayAllow(request.Policy, $"{Prefix}{connection.Server.Name}/"));
        return [.. (await Task.WhenAll(asked.Select(connection => FindAsync(connection, cancellationToken)))).SelectMany(tools => tools)];
    }

    public void Dispose()
    {
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private async Task<IReadOnlyList<Tool>> FindAsync(McpConnection connection, CancellationToken cancellationToken)
    {
        List<Tool> tools = [];
        IReadOnlyList<McpClientTool> all;
        try
        {
            all = await connection.ToolsAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // One that is late does not hide the others.
            LogLate(_logger, connection.Server.Name);
            return [];
        }

        foreach (var offered in all)
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

    [LoggerMessage(Level = LogLevel.Warning, Message = "The MCP server {Server} did not tell its tools in time, and a turn goes on without them")]
    private static partial void LogLate(ILogger logger, string server);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The schema of the MCP server {Server}'s tool {Tool} cannot be held to: the tool is left out")]
    private static partial void LogUnusable(ILogger logger, string server, string tool);
}
