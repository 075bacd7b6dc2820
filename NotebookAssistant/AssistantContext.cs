using System.Text.Json;

namespace Lyceum.NotebookAssistant;

/// <summary>What the questions of a notebook are about, as its client set it up.</summary>
internal sealed class AssistantContext
{
    private static readonly JsonElement Empty = JsonElement.Parse("{}");

    private volatile State _state = new("default", Empty, null);

    /// <summary><c>course</c>, <c>assignment</c>, <c>dataset</c>; <c>default</c> until one is set up.</summary>
    public string Name => _state.Name;

    /// <summary>What the client said of it, a JSON object.</summary>
    public JsonElement Info => _state.Info;

    /// <summary>The workflow of the context's that is gone through; null when none is.</summary>
    public Workflow? Workflow => _state.Workflow;

    /// <summary>Sets the context; no workflow of it is gone through.</summary>
    public void Set(string name, JsonElement info) => _state = new State(name, info.ValueKind == JsonValueKind.Object ? info.Clone() : Empty, null);

    public void Follow(Workflow? workflow) => _state = _state with { Workflow = workflow };

    private sealed record State(string Name, JsonElement Info, Workflow? Workflow);
}
