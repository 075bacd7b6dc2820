using System.Text.Json;

namespace Lyceum.NotebookAssistant;

/// <summary>What the questions of a notebook are about, as its client set it up.</summary>
internal sealed class AssistantContext
{
    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    private volatile State _state = new("default", Empty);

    /// <summary><c>course</c>, <c>assignment</c>, <c>dataset</c>; <c>default</c> until one is set up.</summary>
    public string Name => _state.Name;

    /// <summary>What the client said of it, a JSON object.</summary>
    public JsonElement Info => _state.Info;

    public void Set(string name, JsonElement info) => _state = new State(name, info.ValueKind == JsonValueKind.Object ? info.Clone() : Empty);

    private sealed record State(string Name, JsonElement Info);
}
