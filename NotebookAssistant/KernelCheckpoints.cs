using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.Messaging;

namespace Lyceum.NotebookAssistant;

/// <summary>
/// Checkpoints of a Python kernel: forks of its process that wait (Scripts/checkpoints.py). To go back to one, it forks a process that
/// becomes the kernel, at sockets of its own, with variables, imports and random numbers as they were.
/// </summary>
internal sealed class KernelCheckpoints(string language, RecentCells recent, AssistantOptions options, TimeProvider time)
{
    private const string Expression = "answer";
    private const int MaxAnswer = 64 * 1024;
    private const int MaxError = 500;
    private static readonly ReadOnlyMemory<byte> Settle = Execution(new JsonObject { ["do"] = "settle" });

    private readonly ConcurrentDictionary<int, IReadOnlyList<RecentCell>> _cells = [];

    /// <summary>Whether the language and the settings allow of any.</summary>
    public bool AreAllowed => Refusal is null;

    private AssistantReply? Refusal =>
        !language.Equals("python", StringComparison.OrdinalIgnoreCase) ? AssistantReply.Error("NoCheckpoints", $"Only Python kernels have checkpoints, and this one is of {language}.")
        : options.MaxCheckpoints == 0 ? AssistantReply.Error("NoCheckpoints", "Checkpoints are turned off here.")
        : null;

    /// <summary>Makes a checkpoint of the kernel as it is; answers its index.</summary>
    public async Task<(int? Index, AssistantReply? Problem)> AddAsync(IAssistedKernel kernel, CancellationToken cancellationToken)
    {
        if (Refusal is { } refusal)
        {
            return (null, refusal);
        }

        var cells = recent.Cells;
        var request = Execution(new JsonObject { ["do"] = "add", ["limit"] = options.MaxCheckpoints });
        var (found, problem) = await TryAsync(kernel, token => kernel.AskAsync("execute_request", request, published: null, token), cancellationToken);
        if (found is null)
        {
            return (null, problem);
        }

        if (found["checkpoint_index"] is not JsonValue number || !number.TryGetValue<int>(out var index))
        {
            return (null, AssistantReply.Error("CheckpointError", "The kernel did not say which checkpoint it made."));
        }

        _cells[index] = cells;
        Forget(found["checkpoints"]);
        return (index, null);
    }

    /// <summary>Has the kernel go back to a checkpoint, which stays; later ones go.</summary>
    /// <returns>Null when it has.</returns>
    public async Task<AssistantReply?> RollBackAsync(IAssistedKernel kernel, int index, CancellationToken cancellationToken)
    {
        if (Refusal is { } refusal)
        {
            return refusal;
        }

        JsonObject? settled = null;
        var move = new KernelMove(file => Execution(RollBack(index, file)), Settle, reply => (settled = Answer(reply)) is { } answer && answer["error"] is null);
        var (found, problem) = await TryAsync(kernel, token => kernel.MoveAsync(move, token), cancellationToken);
        if (found is null)
        {
            return problem;
        }

        if (_cells.TryGetValue(index, out var cells))
        {
            recent.GoBackTo(cells);
        }

        Forget(settled?["checkpoints"]);
        return null;
    }

    private static JsonObject RollBack(int index, ConnectionFile file) => new()
    {
        ["do"] = "roll_back",
        ["checkpoint_index"] = index,
        ["connection"] = new JsonObject
        {
            ["ip"] = file.Ip,
            ["shell_port"] = file.ShellPort,
            ["iopub_port"] = file.IopubPort,
            ["stdin_port"] = file.StdinPort,
            ["control_port"] = file.ControlPort,
            ["hb_port"] = file.HbPort,
        },
    };

    private static ReadOnlyMemory<byte> Execution(JsonObject request) => JsonSerializer.SerializeToUtf8Bytes(
        new SilentExpression(new Dictionary<string, string> { [Expression] = KernelExpressions.Checkpoint(System.Text.Encoding.UTF8.GetBytes(request.ToJsonString())) }),
        CheckpointJson.Default.SilentExpression);

    /// <summary>What the script answered; null if it did not.</summary>
    private static JsonObject? Answer(JupyterMessage reply)
    {
        try
        {
            return reply.Content.Length <= MaxAnswer ? JsonNode.Parse(reply.Content.Span)?["user_expressions"]?[Expression]?["data"]?["application/json"] as JsonObject : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // A kernel's user can make it answer anything.
            return null;
        }
    }

    private async Task<(JsonObject? Found, AssistantReply? Problem)> TryAsync(
        IAssistedKernel kernel, Func<CancellationToken, Task<JupyterMessage?>> ask, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.CheckpointTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var reply = await kernel.AskOnceIdleAsync(() => ask(either.Token), time, either.Token);
            return reply is null ? (null, AssistantReply.Error("KernelBusy", "The kernel is busy: interrupt it, or try again when it is idle."))
                : Answer(reply) is not { } answer ? (null, AssistantReply.Error("CheckpointError", "The kernel did not do it and did not say why."))
                : answer["error"] is { } error ? (null, AssistantReply.Error("CheckpointError", $"The kernel did not do it: {Cut(error.ToString())}"))
                : (answer, null);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, AssistantReply.Error("KernelBusy", $"The kernel did not do it within {options.CheckpointTimeout}."));
        }
    }

    private void Forget(JsonNode? left)
    {
        var known = left is JsonArray indexes ? indexes.OfType<JsonValue>().Select(index => index.TryGetValue<int>(out var number) ? number : -1).ToHashSet() : [];
        var kept = _cells.Keys.Where(known.Contains).OrderDescending().Take(options.MaxCheckpoints).ToHashSet();
        foreach (var gone in _cells.Keys.Where(index => !kept.Contains(index)))
        {
            _cells.TryRemove(gone, out _);
        }
    }

    private static string Cut(string text) => text.Length <= MaxError ? text : text[..MaxError];
}
