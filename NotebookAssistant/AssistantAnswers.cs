using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Lyceum.NotebookAssistant;

/// <summary>Answers one request after another, each by who is responsible for its type.</summary>
internal sealed class AssistantAnswers(
    string language,
    TutorTurns turns,
    ContextSetup setup,
    WorkflowChoice workflows,
    TablePreviews previews,
    CellLinting linting,
    CheckpointAnswers checkpoints,
    KernelQuestions questions,
    AssistantPublisher publisher)
{
    public async Task<AssistantReply> AnswerAsync(AssistantRequest request, CancellationToken cancellationToken)
    {
        switch (request.Type)
        {
            case "llm_request":
                return await turns.AnswerAsync(
                    request,
                    response => publisher.Publish(request, "llm_response", response, AssistantJson.Default.LlmResponse, response.IsPiece),
                    cell => publisher.Publish(request, "code_cell", cell, AssistantJson.Default.CodeCell),
                    cancellationToken);
            case "context_setup_request":
                return await setup.SetUpAsync(
                    request,
                    preview => publisher.Publish(request, "dataset", preview, AssistantJson.Default.DatasetPreview),
                    response => publisher.Publish(request, "context_setup_response", response, AssistantJson.Default.ContextSetupResponse),
                    cancellationToken);
            case "reset_request":
                turns.Reset();
                setup.Reset();
                return Tell(request, "context_info_response", setup.Describe(request.Kernel), AssistantJson.Default.ContextInfoResponse);
            case "context_info_request":
                return Tell(request, "context_info_response", setup.Describe(request.Kernel), AssistantJson.Default.ContextInfoResponse);
            case "get_agent_history_request":
                return await HistoryAsync(request, cancellationToken);
            case "set_agent_model":
                return await ModelAsync(request, cancellationToken);
            case "set_workflow_request":
                return workflows.Set(request) is var (state, mistake) && mistake is not null
                    ? mistake
                    : Tell(request, "update_workflow_state", state, WorkflowJson.Default.WorkflowState);
            case "get_preview_request":
                return Tell(
                    request, "preview", await previews.ShowAsync(request.Kernel, setup.Tables, cancellationToken), PreviewJson.Default.IReadOnlyDictionaryStringIReadOnlyDictionaryStringMimeBundle);
            case "add_checkpoint_request":
                return await checkpoints.AddAsync(request, cancellationToken);
            case "rollback_request":
                return await checkpoints.RollBackAsync(request, cancellationToken) ?? await StateAsync(request, cancellationToken);
            case "lint_code_request":
                return await linting.LintAsync(request, cancellationToken) is var (result, problem) && result is not null
                    ? Tell(request, "lint_code_result", result, AssistantJson.Default.LintCodeResult)
                    : problem!;
            default:
                return await StateAsync(request, cancellationToken);
        }
    }

    private async Task<AssistantReply> StateAsync(AssistantRequest request, CancellationToken cancellationToken) => Tell(
        request, "kernel_state_info", new KernelState(await questions.VariablesAsync(request.Kernel, language, cancellationToken)), AssistantJson.Default.KernelState);

    /// <summary>Beaker's clients choose a model by it, or ask for what is configured.</summary>
    private async Task<AssistantReply> ModelAsync(AssistantRequest request, CancellationToken cancellationToken)
    {
        var (provider, model) = request.Read(AssistantJson.Default.AgentModel);
        return provider is not null || model.ValueKind is not (JsonValueKind.Undefined or JsonValueKind.Null)
            ? AssistantReply.Error("ModelIsSet", "Which model answers is decided by who runs the tutor and by the course's instructors, not by the notebook.")
            : await HistoryAsync(request, cancellationToken);
    }

    private async Task<AssistantReply> HistoryAsync(AssistantRequest request, CancellationToken cancellationToken) =>
        await turns.HistoryAsync(request.Tutor, cancellationToken) is var (history, error) && history is not null
            ? Tell(request, "chat_history", history, AssistantJson.Default.ChatHistory)
            : error!;

    /// <summary>The same to all clients and, as the reply's value, to the one that asked.</summary>
    private AssistantReply Tell<T>(AssistantRequest request, string type, T content, JsonTypeInfo<T> shape)
    {
        publisher.Publish(request, type, content, shape);
        return AssistantReply.Ok(JsonSerializer.SerializeToElement(content, shape));
    }
}
