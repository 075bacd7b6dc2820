using System.Text;
using System.Text.Json;
using Lyceum.ChatService.JsonSchemas;

namespace Lyceum.ChatService.Actions;

/// <summary>An API as its document describes it.</summary>
internal sealed record ApiDescription(string Title, Uri Server, IReadOnlyList<ApiOperation> Operations);

/// <summary>One operation, and the schema of the arguments that make a call of it.</summary>
internal sealed record ApiOperation(string Id, string Method, string Path, string Summary, JsonSchema Arguments)
{
    /// <summary>The address of a call with valid arguments; null when a path parameter would leave its segment.</summary>
    public Uri? Address(Uri server, JsonElement arguments)
    {
        var path = Path;
        if (arguments.TryGetProperty("path", out var parameters))
        {
            foreach (var parameter in parameters.EnumerateObject())
            {
                var segment = Text(parameter.Value);
                if (segment is "" or "." or "..")
                {
                    return null;
                }

                path = path.Replace($"{{{parameter.Name}}}", Uri.EscapeDataString(segment), StringComparison.Ordinal);
            }
        }

        StringBuilder query = new();
        if (arguments.TryGetProperty("query", out var fields))
        {
            foreach (var field in fields.EnumerateObject())
            {
                foreach (var value in field.Value.ValueKind == JsonValueKind.Array ? field.Value.EnumerateArray().ToArray() : [field.Value])
                {
                    query.Append(query.Length == 0 ? '?' : '&').Append(Uri.EscapeDataString(field.Name)).Append('=').Append(Uri.EscapeDataString(Text(value)));
                }
            }
        }

        var composed = server.AbsoluteUri.TrimEnd('/') + path + query;
        // A segment of dots would have been folded away, and with it the one before.
        return Uri.TryCreate(composed, UriKind.Absolute, out var address) && address.Authority == server.Authority && address.AbsoluteUri.Count(c => c == '/') == composed.Count(c => c == '/')
            ? address
            : null;
    }

    public static string? Body(JsonElement arguments) => arguments.TryGetProperty("body", out var body) ? body.GetRawText() : null;

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
