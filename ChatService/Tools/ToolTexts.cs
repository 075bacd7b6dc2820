using System.Text.Json;

namespace Lyceum.ChatService.Tools;

/// <summary>The texts in the arguments of a call, which its user gets to see.</summary>
internal static class ToolTexts
{
    public static IEnumerable<string> Of(JsonElement arguments) => arguments.ValueKind switch
    {
        JsonValueKind.Object => arguments.EnumerateObject().SelectMany(property => Of(property.Value)),
        JsonValueKind.Array => arguments.EnumerateArray().SelectMany(Of),
        JsonValueKind.String => [arguments.GetString()!],
        _ => [],
    };
}
