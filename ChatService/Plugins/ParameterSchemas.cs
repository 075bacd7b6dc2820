using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.Actions;
using Lyceum.ChatService.JsonSchemas;

namespace Lyceum.ChatService.Plugins;

/// <summary>Makes the schema of a tool's arguments from a manifest's parameters.</summary>
internal static class ParameterSchemas
{
    public static JsonSchema? TryRead(IReadOnlyList<ParameterSpec> parameters, out string? complaint)
    {
        var properties = parameters.Select(parameter => KeyValuePair.Create(parameter.Name, (JsonNode)Property(parameter)));
        var required = parameters.Where(parameter => parameter.Required is true && !IsValue(parameter.Default)).Select(parameter => parameter.Name);
        var schema = JsonSchema.TryRead(JsonElement.Parse(OpenApiSchemas.Object(properties, required).ToJsonString()), out var faults);
        complaint = faults.Count == 0 ? null : $"{faults[0].Location}: {faults[0].Message}";
        return schema;
    }

    /// <summary>The value of an argument, or the parameter's default; null for none.</summary>
    public static JsonElement? Value(ParameterSpec parameter, JsonElement arguments) =>
        arguments.TryGetProperty(parameter.Name, out var given) && IsValue(given) ? given : IsValue(parameter.Default) ? parameter.Default : null;

    private static bool IsValue(JsonElement? value) => value is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) };

    private static JsonObject Property(ParameterSpec parameter)
    {
        JsonObject property = new() { ["type"] = parameter.Type };
        if (parameter.Description is { Length: > 0 } description)
        {
            property["description"] = description;
        }

        if (parameter.Enum is { } values)
        {
            property["enum"] = new JsonArray([.. values.Select(value => JsonNode.Parse(value.GetRawText()))]);
        }

        if (IsValue(parameter.Default))
        {
            property["default"] = JsonNode.Parse(parameter.Default!.Value.GetRawText());
        }

        return property;
    }
}
