using Lyceum.ChatService.Tools;
using Microsoft.AspNetCore.Mvc;
using ModelContextProtocol.Protocol;

namespace Lyceum.ChatService.Mcp;

internal static class McpHosting
{
    private const int MaxBodyBytes = 512 * 1024;

    /// <summary>Adds other servers' tools, and this service as a server.</summary>
    public static void AddMcp(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<McpOptions>().BindConfiguration("Mcp").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IToolSource, McpToolSource>();
        builder.Services.AddMcpServer(options => options.ServerInfo = new Implementation { Name = "lyceum", Title = "Lyceum", Version = "1" })
            // Without sessions any replica can answer any request.
            .WithHttpTransport(transport => transport.Stateless = true)
            .WithTools<NotebookMcpTools>();
    }

    public static void MapMcpServer(this IEndpointRouteBuilder routes) => routes.MapMcp("/mcp").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
}
