using System.Text.Json.Nodes;

namespace Lyceum.KernelService.Tests;

/// <summary>A message as a client sees it.</summary>
internal sealed record Received(string Channel, JsonObject Header, JsonObject Parent, JsonObject Content, IReadOnlyList<byte[]> Buffers)
{
    public string Type => Header["msg_type"]!.GetValue<string>();

    public string? ParentId => Parent["msg_id"]?.GetValue<string>();

    public string? State => Type == "status" ? Content["execution_state"]!.GetValue<string>() : null;

    public string Text(string field) => Content[field]!.GetValue<string>();
}
