using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.ChatService.Actions;
using Lyceum.ChatService.JsonSchemas;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ChatService.Plugins;

/// <summary>Tells what stands in its manifest, entry by entry.</summary>
internal sealed class StaticPlugin : Plugin
{
    /// <summary>The argument's name in Smarter.</summary>
    private const string Argument = "inquiry_type";

    private readonly JsonElement _entries;

    private StaticPlugin(Manifest manifest, StaticSpec spec, JsonSchema arguments)
        : base(manifest, spec.Selector, spec.Prompt, spec.Data.Description, arguments) => _entries = spec.Data.Entries;

    public static StaticPlugin? Of(Manifest manifest)
    {
        var spec = manifest.Spec(ManifestJson.Default.StaticSpec);
        JsonObject choice = new()
        {
            ["type"] = "string",
            ["description"] = "What to look up.",
            ["enum"] = new JsonArray([.. spec.Data.Entries.EnumerateObject().Select(entry => JsonValue.Create(entry.Name))]),
        };
        var schema = JsonSchemas.JsonSchema.TryRead(JsonElement.Parse(OpenApiSchemas.Object([new(Argument, choice)], [Argument]).ToJsonString()), out _);
        return schema is null ? null : new StaticPlugin(manifest, spec, schema);
    }

    public override Task<string> CallAsync(CallerIdentity caller, JsonElement arguments, CancellationToken cancellationToken)
    {
        var entry = _entries.GetProperty(arguments.GetProperty(Argument).GetString()!);
        return Task.FromResult(entry.ValueKind == JsonValueKind.String ? entry.GetString()! : entry.GetRawText());
    }
}
