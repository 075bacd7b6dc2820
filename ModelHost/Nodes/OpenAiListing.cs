using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ModelHost.Nodes;

/// <summary>A model of an OpenAI-compatible node as Ollama lists models: what such a node does not tell is empty or 0.</summary>
/// <param name="Name">The name under which it is offered, with tag.</param>
/// <param name="Model">The same.</param>
/// <param name="ModifiedAt">When the node says it was made; 1970 where it does not.</param>
/// <param name="Size">0: not known.</param>
/// <param name="Digest">Empty: not known.</param>
/// <param name="Details">What is known of its making.</param>
/// <param name="Capabilities"><c>embedding</c> where the name tells so, otherwise <c>completion</c> and <c>tools</c>.</param>
public sealed record TranslatedModel(
    string Name, string Model, DateTimeOffset ModifiedAt, long Size, string Digest, TranslatedModelDetails Details, IReadOnlyList<string> Capabilities)
{
    /// <summary>Only in <c>/api/ps</c>: when it will be unloaded, which it is not.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Only in <c>/api/ps</c>: not known.</summary>
    public long? SizeVram { get; init; }

    /// <summary>Only in <c>/api/ps</c>: tokens of prompt and answer together, where the node says so.</summary>
    public int? ContextLength { get; init; }
}

/// <summary>What Ollama tells of a model's making.</summary>
public sealed record TranslatedModelDetails(string ParentModel, string Format, string Family, IReadOnlyList<string> Families, string ParameterSize, string QuantizationLevel)
{
    internal static readonly TranslatedModelDetails Unknown = new("", "", "", [], "", "");
}

/// <summary>The answer of <c>/api/show</c> for a model of an OpenAI-compatible node.</summary>
public sealed record TranslatedShow(
    string Modelfile,
    string Parameters,
    string Template,
    TranslatedModelDetails Details,
    IReadOnlyDictionary<string, int> ModelInfo,
    IReadOnlyList<string> Capabilities,
    DateTimeOffset ModifiedAt);

[JsonSerializable(typeof(TranslatedModel))]
[JsonSerializable(typeof(TranslatedShow))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TranslatedModelJson : JsonSerializerContext;

/// <summary>Reads <c>/v1/models</c>, and shows its models as Ollama does.</summary>
internal static class OpenAiListing
{
    private static readonly DateTimeOffset Never = DateTimeOffset.MaxValue;

    /// <summary>The models of an answer to <c>/v1/models</c>; null when it is not such an answer.</summary>
    public static IReadOnlyList<NodeModel>? ReadList(JsonElement answer) =>
        answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("data", out var data) && data.ValueKind == JsonValueKind.Array
            ? [.. data.EnumerateArray().Select(Read).OfType<NodeModel>()]
            : null;

    /// <summary>The same model under another name.</summary>
    public static NodeModel Named(NodeModel model, string name) => Listed(name, model.Id, model.ModifiedAt, model.ContextLength);

    /// <summary>Its entry in <c>/api/ps</c>: such a node has its models loaded for good.</summary>
    public static JsonElement Running(NodeModel model) => JsonSerializer.SerializeToElement(
        Entry(model) with { ExpiresAt = Never, SizeVram = 0, ContextLength = model.ContextLength }, TranslatedModelJson.Default.TranslatedModel);

    /// <summary>The answer of <c>/api/show</c>.</summary>
    public static byte[] Show(NodeModel model) => JsonSerializer.SerializeToUtf8Bytes(
        new TranslatedShow(
            "", "", "", TranslatedModelDetails.Unknown,
            model.ContextLength is { } length ? new Dictionary<string, int> { ["general.context_length"] = length } : [],
            Entry(model).Capabilities, model.ModifiedAt),
        TranslatedModelJson.Default.TranslatedShow);

    private static NodeModel? Read(JsonElement entry) =>
        entry.ValueKind == JsonValueKind.Object && entry.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String && id.GetString() is { Length: > 0 } text
            ? Listed(
                text, text,
                Number(entry, "created") is { } created and >= 0 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(created) : DateTimeOffset.UnixEpoch,
                // vLLM's name for it; others do not say.
                Number(entry, "max_model_len") is { } length and > 0 and <= int.MaxValue ? (int)length : null)
            : null;

    private static NodeModel Listed(string name, string id, DateTimeOffset modifiedAt, int? contextLength)
    {
        var full = ModelName.Full(name);
        IReadOnlyList<string> capabilities = full.Contains("embed", StringComparison.OrdinalIgnoreCase) ? ["embedding"] : ["completion", "tools"];
        var entry = new TranslatedModel(full, full, modifiedAt, 0, "", TranslatedModelDetails.Unknown, capabilities);
        return new NodeModel(full, JsonSerializer.SerializeToElement(entry, TranslatedModelJson.Default.TranslatedModel)) { Id = id, ContextLength = contextLength };
    }

    private static TranslatedModel Entry(NodeModel model) => model.Entry.Deserialize(TranslatedModelJson.Default.TranslatedModel)!;

    private static long? Number(JsonElement entry, string name) =>
        entry.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;
}
