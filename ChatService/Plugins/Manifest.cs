using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Lyceum.ChatService.JsonSchemas;

namespace Lyceum.ChatService.Plugins;

/// <summary>
/// A manifest in Smarter's form: <c>apiVersion: smarter.sh/v1</c>, a kind, metadata and a spec, with that project's field names.
/// </summary>
/// <param name="Kind">One of <see cref="ManifestKind"/>.</param>
/// <param name="Name">Its name, unique among its kind in a course.</param>
/// <param name="Json">All of it.</param>
internal sealed record Manifest(string Kind, string Name, JsonObject Json)
{
    private static readonly Dictionary<string, JsonSchema> Schemas = ManifestKind.All.ToDictionary(kind => kind, ReadSchema);

    /// <summary>When it was applied; null while it is not.</summary>
    public DateTimeOffset? AppliedAt { get; init; }

    public string Description => Json["metadata"]!["description"]!.GetValue<string>();

    /// <summary>Reads YAML or JSON; null with the complaint, and the field that it is about, when it is no manifest.</summary>
    public static Manifest? TryRead(string text, TimeProvider time, out (string Field, string Complaint) fault)
    {
        fault = default;
        JsonNode? root;
        try
        {
            // JSON is YAML, too, but a tab may stand in it.
            root = text.TrimStart() is ['{', ..] ? JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false }) : YamlDocument.Read(text);
        }
        catch (Exception failure) when (failure is FormatException or JsonException)
        {
            fault = ("manifest", $"It is neither YAML nor JSON that can be read. {failure.Message}");
            return null;
        }

        return root is JsonObject manifest ? TryRead(manifest, time, out fault) : Fail(out fault, "manifest", "It must be an object with apiVersion, kind, metadata and spec.");
    }

    public T Spec<T>(System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) => Json["spec"].Deserialize(type)!;

    /// <summary>Whether its writer wants each call approved by the user: the annotation <c>lyceum/approval: required</c>.</summary>
    public bool WantsApproval => Json["metadata"]!["annotations"] is JsonArray annotations
        && annotations.OfType<JsonObject>().Any(annotation => annotation["lyceum/approval"] is JsonValue value && value.ToString() == "required");

    private static Manifest? TryRead(JsonObject manifest, TimeProvider time, out (string Field, string Complaint) fault)
    {
        if (manifest["kind"] is not JsonValue given || !given.TryGetValue<string>(out var kind) || !Schemas.TryGetValue(kind, out var schema))
        {
            return Fail(out fault, "kind", $"It must be one of {string.Join(", ", ManifestKind.All)}.");
        }

        var errors = schema.Validate(JsonElement.Parse(manifest.ToJsonString()), time, CancellationToken.None);
        if (errors.Count > 0)
        {
            // The deepest says most: what it is within only repeats it.
            var error = errors.MaxBy(one => one.InstancePath.Count(c => c == '/'))!;
            return Fail(out fault, error.InstancePath.Length == 0 ? "manifest" : error.InstancePath[1..].Replace('/', '.'), error.Message);
        }

        fault = default;
        return new Manifest(kind, manifest["metadata"]!["name"]!.GetValue<string>(), manifest);
    }

    private static Manifest? Fail(out (string Field, string Complaint) fault, string field, string complaint)
    {
        fault = (field, complaint);
        return null;
    }

    private static JsonSchema ReadSchema(string kind)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"manifests/{kind}")!;
        using var document = JsonDocument.Parse(stream);
        return JsonSchema.TryRead(document.RootElement, out var faults) ?? throw new InvalidOperationException($"The schema of {kind} is faulty at {faults[0].Location}: {faults[0].Message}");
    }
}

/// <summary>The kinds of <see cref="Manifest"/>.</summary>
internal static class ManifestKind
{
    public const string Plugin = "Plugin";
    public const string SqlPlugin = "SqlPlugin";
    public const string ApiPlugin = "ApiPlugin";
    public const string SqlConnection = "SqlConnection";
    public const string ApiConnection = "ApiConnection";

    public static readonly IReadOnlyList<string> All = [Plugin, SqlPlugin, ApiPlugin, SqlConnection, ApiConnection];

    /// <summary>Those that are tools, which share their names.</summary>
    public static readonly string[] Plugins = [Plugin, SqlPlugin, ApiPlugin];

    /// <summary>The kind of connection that a kind of plugin needs; null for none.</summary>
    public static string? ConnectionOf(string kind) => kind switch
    {
        SqlPlugin => SqlConnection,
        ApiPlugin => ApiConnection,
        _ => null,
    };
}

internal sealed record SelectorSpec(string Directive, IReadOnlyList<string>? SearchTerms);

internal sealed record PromptSpec(string SystemRole);

internal sealed record ParameterSpec(string Name, string? Description, string Type, bool? Required, JsonElement? Default, IReadOnlyList<JsonElement>? Enum);

internal sealed record StaticSpec(SelectorSpec Selector, PromptSpec Prompt, StaticData Data);

internal sealed record StaticData(string? Description, [property: JsonPropertyName("staticData")] JsonElement Entries);

internal sealed record SqlSpec(SelectorSpec Selector, PromptSpec Prompt, string Connection, SqlData SqlData);

internal sealed record SqlData(string? Description, string SqlQuery, IReadOnlyList<ParameterSpec>? Parameters, int? Limit);

internal sealed record ApiSpec(SelectorSpec Selector, PromptSpec Prompt, string Connection, ApiData ApiData);

internal sealed record ApiData(
    string? Description, string Endpoint, string? Method, IReadOnlyList<HeaderSpec>? Headers, IReadOnlyList<ParameterSpec>? Body, IReadOnlyList<ParameterSpec>? Parameters, int? Limit);

internal sealed record HeaderSpec(string Name, JsonElement Value);

internal sealed record SqlConnectionSpec(SqlConnectionData Connection);

internal sealed record SqlConnectionData(string Hostname, int? Port, string Database, string Username, string? Password, int? Timeout, bool? UseSsl);

internal sealed record ApiConnectionSpec(ApiConnectionData Connection);

internal sealed record ApiConnectionData(string BaseUrl, string? AuthMethod, string? ApiKey, int? Timeout);

[JsonSerializable(typeof(StaticSpec))]
[JsonSerializable(typeof(SqlSpec))]
[JsonSerializable(typeof(ApiSpec))]
[JsonSerializable(typeof(SqlConnectionSpec))]
[JsonSerializable(typeof(ApiConnectionSpec))]
[JsonSerializable(typeof(Dictionary<string, string>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class ManifestJson : JsonSerializerContext;
