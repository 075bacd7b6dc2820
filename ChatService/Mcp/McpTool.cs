using System.Text;
using System.Text.Json;
using Lyceum.ChatService.JsonSchemas;
using Lyceum.ChatService.Tools;
using Lyceum.ServiceDefaults.Identity;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Lyceum.ChatService.Mcp;

/// <summary>A tool of another server.</summary>
internal sealed class McpTool : Tools.Tool
{
    private const int MaxName = 64;
    private const int MaxDescription = 1_000;
    private readonly McpConnection _connection;
    private readonly McpClientTool _tool;

    private McpTool(McpConnection connection, McpClientTool tool, JsonSchema arguments)
        : base($"mcp/{connection.Server.Name}/{tool.Name}", NameOf(connection, tool), Tutor.NotebookText.Start(tool.Description, MaxDescription), arguments) =>
        (_connection, _tool) = (connection, tool);

    public override bool NeedsApproval => _connection.Server.Approval switch
    {
        McpApproval.Never => false,
        McpApproval.Always => true,
        _ => _tool.ProtocolTool.Annotations?.ReadOnlyHint is not true,
    };

    /// <summary>The tool; null when its arguments' schema cannot be held to.</summary>
    public static McpTool? Of(McpConnection connection, McpClientTool tool) =>
        JsonSchemas.JsonSchema.TryRead(tool.JsonSchema, out _) is { } arguments ? new McpTool(connection, tool, arguments) : null;

    public override async Task<string> CallAsync(CallerIdentity caller, JsonElement arguments, CancellationToken cancellationToken)
    {
        var values = arguments.EnumerateObject().DistinctBy(argument => argument.Name).ToDictionary(argument => argument.Name, argument => (object?)argument.Value);
        var result = await _connection.CallAsync(_tool.Name, values, cancellationToken) ?? throw new ToolFailedException("The tool's server is away.");
        var text = Text(result);
        return result.IsError is true ? throw new ToolFailedException(text) : text;
    }

    private static string Text(CallToolResult result)
    {
        StringBuilder text = new();
        foreach (var block in result.Content)
        {
            text.Append(block is TextContentBlock words ? words.Text : $"[{block.Type}]").Append('\n');
        }

        return text.Length == 0 && result.StructuredContent is { } content ? content.ToString()! : text.ToString().TrimEnd('\n');
    }

    private static string NameOf(McpConnection connection, McpClientTool tool)
    {
        var name = string.Concat($"{connection.Server.Name}_{tool.Name}".Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_'));
        return name.Length <= MaxName ? name : name[..MaxName];
    }
}
