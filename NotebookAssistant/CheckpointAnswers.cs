using System.Text.Json;

namespace Lyceum.NotebookAssistant;

/// <summary>Answers <c>add_checkpoint_request</c> and <c>rollback_request</c>.</summary>
internal sealed class CheckpointAnswers(KernelCheckpoints checkpoints)
{
    /// <returns>The reply, whose value is the checkpoint's index.</returns>
    public async Task<AssistantReply> AddAsync(AssistantRequest request, CancellationToken cancellationToken) =>
        await checkpoints.AddAsync(request.Kernel, cancellationToken) is var (index, problem) && problem is not null
            ? problem
            : AssistantReply.Ok(JsonElement.Parse(JsonSerializer.SerializeToUtf8Bytes(index!.Value, CheckpointJson.Default.Int32)));

    /// <returns>Null when the kernel has gone back.</returns>
    public async Task<AssistantReply?> RollBackAsync(AssistantRequest request, CancellationToken cancellationToken) =>
        request.Read(CheckpointJson.Default.RollbackRequest).CheckpointIndex is { } index
            ? await checkpoints.RollBackAsync(request.Kernel, index, cancellationToken)
            : AssistantReply.Error("InvalidRequest", "'checkpoint_index' is missing: write the index that add_checkpoint_reply has as its 'return'.");
}
