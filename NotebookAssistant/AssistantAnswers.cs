using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Lyceum.NotebookAssistant;

/// <summary>Answers one request after another, each by who is responsible for its type.</summary>
internal sealed class AssistantAnswers(
    string language, TutorTurns turns, ContextSetup setup, CellLinting linting, KernelQuestions questions, AssistantPublisher publisher)
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
                return await turns.HistoryAsync(request.Tutor, cancellationToken) is var (history, error) && history is not null
                    ? Tell(request, "chat_history", history, AssistantJson.Default.ChatHistory)
                    : error!;
            case "lint_code_request":
                return await linting.LintAsync(request, cancellationToken) is var (result, problem) && result is not null
                    ? Tell(request, "lint_code_result", result, AssistantJson.Default.LintCodeResult)
                    : problem!;
            default:
                return Tell(
                    request, "kernel_state_info", new KernelState(await questions.VariablesAsync(request.Kernel, language, cancellationToken)), AssistantJson.Default.KernelState);
        }
    }

    /// <summary>The same to all clients and, as the reply's value, to the one that asked.</summary>
    private AssistantReply Tell<T>(AssistantRequest request, string type, T content, JsonTypeInfo<T> shape)
    {
        publisher.Publish(request, type, content, shape);
        return AssistantReply.Ok(JsonSerializer.SerializeToElement(content, shape));
    }
}
