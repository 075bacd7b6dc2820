using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.NotebookAssistant;

/// <summary>A way through a piece of work, as a client describes it in <c>context_info.workflows</c>.</summary>
/// <param name="Title">What it is called.</param>
/// <param name="Stages">Its parts, in their order.</param>
internal sealed record Workflow(string? Title, IReadOnlyList<WorkflowStage?>? Stages)
{
    public IEnumerable<string> StageNames => (Stages ?? []).Select(stage => stage?.Name).OfType<string>();

    public override string ToString() => $"'{Title}': {string.Join(", ", StageNames)}.";
}

/// <summary>A part of a workflow.</summary>
internal sealed record WorkflowStage(string? Name);

/// <summary><c>set_workflow_request</c>.</summary>
/// <param name="Workflow">One of the context's workflows; null to go through none.</param>
internal sealed record SetWorkflowRequest(string? Workflow);

/// <summary><c>update_workflow_state</c>.</summary>
/// <param name="WorkflowId">Which one; null when none is gone through.</param>
/// <param name="Progress">How far each of its stages is; null where it has not begun.</param>
/// <param name="FinalResponse">What came of it.</param>
internal sealed record WorkflowState(string? WorkflowId, IReadOnlyDictionary<string, JsonElement?> Progress, string FinalResponse);

/// <summary>Answers <c>set_workflow_request</c>: the tutor is told which of the context's workflows the student goes through.</summary>
internal sealed class WorkflowChoice(AssistantContext context)
{
    public (WorkflowState State, AssistantReply? Problem) Set(AssistantRequest request)
    {
        var id = request.Read(WorkflowJson.Default.SetWorkflowRequest).Workflow;
        Workflow? chosen = null;
        if (id is not null && (!Known().TryGetValue(id, out chosen) || chosen is null))
        {
            return (Nothing, AssistantReply.Error("NoSuchWorkflow", $"The context has no workflow '{id}'; it has {(Known().Count == 0 ? "none: set one up in 'context_info.workflows'" : string.Join(", ", Known().Keys))}."));
        }

        context.Follow(chosen);
        return (id is null ? Nothing : new WorkflowState(id, chosen!.StageNames.Distinct().ToDictionary(name => name, _ => (JsonElement?)null), ""), null);
    }

    private static WorkflowState Nothing => new(null, new Dictionary<string, JsonElement?>(), "");

    private Dictionary<string, Workflow> Known()
    {
        try
        {
            return context.Info.TryGetProperty("workflows", out var workflows) ? workflows.Deserialize(WorkflowJson.Default.DictionaryStringWorkflow) ?? [] : [];
        }
        catch (JsonException)
        {
            // The client's context may be anything.
            return [];
        }
    }
}

[JsonSerializable(typeof(SetWorkflowRequest))]
[JsonSerializable(typeof(WorkflowState))]
[JsonSerializable(typeof(Dictionary<string, Workflow>))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class WorkflowJson : JsonSerializerContext;
