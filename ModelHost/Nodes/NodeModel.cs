using System.Text.Json;

namespace Lyceum.ModelHost.Nodes;

/// <summary>A model as a node lists it.</summary>
/// <param name="Name">Its name with tag.</param>
/// <param name="Entry">The whole entry of <c>/api/tags</c>, passed on as it came; made up for a node that has no such list.</param>
internal sealed record NodeModel(string Name, JsonElement Entry)
{
    /// <summary>What the node itself calls it.</summary>
    public string Id { get; init; } = Name;

    /// <summary>What OpenAI's clients are told it is called: as the node calls it, unless it is offered under another name.</summary>
    public string PublicId => ModelName.Same(Name, Id) ? Id : Name;

    /// <summary>The longest prompt and answer together, in tokens, where the node says so.</summary>
    public int? ContextLength { get; init; }

    /// <summary>When the model was last changed on the node; the epoch where the node does not say.</summary>
    public DateTimeOffset ModifiedAt =>
        Entry.TryGetProperty("modified_at", out var value) && value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var at)
            ? at
            : DateTimeOffset.UnixEpoch;

    /// <summary>
    /// Whether it can answer a chat. Older nodes list no capabilities; then a family of encoders or a telling name says no.
    /// </summary>
    public bool Completes
    {
        get
        {
            if (Entry.TryGetProperty("capabilities", out var list) && list.ValueKind == JsonValueKind.Array)
            {
                return list.EnumerateArray().Any(capability => capability.ValueKind == JsonValueKind.String && capability.ValueEquals("completion"));
            }

            var family = Entry.TryGetProperty("details", out var details) && details.ValueKind == JsonValueKind.Object
                && details.TryGetProperty("family", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
            return !family.Contains("bert", StringComparison.OrdinalIgnoreCase) && !Name.Contains("embed", StringComparison.OrdinalIgnoreCase);
        }
    }

    /// <summary>The models of an answer to <c>/api/tags</c>; null when it is not such an answer.</summary>
    public static IReadOnlyList<NodeModel>? ReadList(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("models", out var models) || models.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        return [.. models.EnumerateArray()
            .Where(entry => entry.ValueKind == JsonValueKind.Object
                && entry.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 })
            .Select(entry => new NodeModel(ModelName.Full(entry.GetProperty("name").GetString()!), entry.Clone()))];
    }
}
