using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.JsonSchemas;

namespace Lyceum.ChatService.Actions;

/// <summary>Makes JSON Schemas of draft 2020-12 from the schemas of OpenAPI 3.0 and 3.1, with the components that they refer to.</summary>
internal sealed class OpenApiSchemas(JsonElement components)
{
    private const string Prefix = "#/components/schemas/";
    private readonly Queue<string> _needed = [];

    /// <summary>An object's schema with these properties, and all that they refer to.</summary>
    public JsonSchema? Arguments(IReadOnlyDictionary<string, JsonNode> properties, IEnumerable<string> required, out IReadOnlyList<SchemaFault> faults)
    {
        JsonObject definitions = [];
        while (_needed.TryDequeue(out var name))
        {
            if (!definitions.ContainsKey(name) && components.ValueKind == JsonValueKind.Object && components.TryGetProperty(name, out var component))
            {
                definitions[name] = Convert(component);
            }
        }

        var schema = Object(properties, required);
        schema["$defs"] = definitions;
        return JsonSchema.TryRead(JsonElement.Parse(schema.ToJsonString()), out faults);
    }

    public static JsonObject Object(IEnumerable<KeyValuePair<string, JsonNode>> properties, IEnumerable<string> required) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject(properties.Select(property => KeyValuePair.Create(property.Key, (JsonNode?)property.Value))),
        ["required"] = new JsonArray([.. required.Select(name => JsonValue.Create(name))]),
        ["additionalProperties"] = false,
    };

    public JsonNode Convert(JsonElement schema)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            return Copy(schema)!;
        }

        JsonObject converted = [];
        foreach (var keyword in schema.EnumerateObject().Where(keyword => !IsOpenApis(keyword.Name)))
        {
            converted[keyword.Name] = Keywords.Shapes.GetValueOrDefault(keyword.Name) switch
            {
                Shape.Reference => Reference(keyword.Value),
                Shape.Schema => Convert(keyword.Value),
                Shape.SchemaList when keyword.Value.ValueKind == JsonValueKind.Array => new JsonArray([.. keyword.Value.EnumerateArray().Select(Convert)]),
                Shape.SchemaMap or Shape.PatternMap when keyword.Value.ValueKind == JsonValueKind.Object => ConvertMap(keyword.Value),
                _ => Copy(keyword.Value),
            };
        }

        // 3.0 says so beside the type, 3.1 within it.
        if (schema.TryGetProperty("nullable", out var nullable) && nullable.ValueKind == JsonValueKind.True && converted["type"] is JsonValue type)
        {
            converted["type"] = new JsonArray(type.DeepClone(), JsonValue.Create("null"));
        }

        return converted;
    }

    private JsonObject ConvertMap(JsonElement schemas)
    {
        JsonObject converted = [];
        foreach (var entry in schemas.EnumerateObject())
        {
            // JSON may hold a name twice; the last counts, as in every other place.
            converted[entry.Name] = Convert(entry.Value);
        }

        return converted;
    }

    private JsonNode? Reference(JsonElement reference)
    {
        if (reference.ValueKind != JsonValueKind.String || !reference.GetString()!.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return Copy(reference);
        }

        var name = reference.GetString()![Prefix.Length..];
        _needed.Enqueue(name);
        return $"#/$defs/{name}";
    }

    /// <summary>What OpenAPI adds to a schema that constrains nothing.</summary>
    private static bool IsOpenApis(string keyword) =>
        keyword is "example" or "xml" or "externalDocs" or "discriminator" or "nullable" || keyword.StartsWith("x-", StringComparison.Ordinal);

    private static JsonNode? Copy(JsonElement element) => JsonNode.Parse(element.GetRawText());
}
