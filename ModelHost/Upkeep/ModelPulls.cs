using System.Text.Json;
using Lyceum.ModelHost.Library;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Upkeep;

/// <summary>Pulls wanted models on nodes that do not have them, one at a time on each node.</summary>
internal sealed partial class ModelPulls(ModelPolicies policies, NodeFleet fleet, NodeProgress progress, TimeProvider time, ILogger<ModelPulls> logger)
{
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(15);
    private readonly Attempts _attempts = new(time);
    private readonly Dictionary<ModelNode, Task> _busy = [];

    /// <summary>Begins what is to be done and is not under way. Called by one thread.</summary>
    public void BeginMissing(CancellationToken cancellationToken)
    {
        _attempts.Keep(node => node.Healthy && fleet.Nodes.Contains(node));
        foreach (var node in fleet.Nodes.Where(node => node is { Kind: NodeKind.Ollama, Healthy: true, IsDraining: false }))
        {
            if (_busy.TryGetValue(node, out var running) && !running.IsCompleted)
            {
                continue;
            }

            if (policies.ToPull.FirstOrDefault(policy => !node.Has(policy.Name) && _attempts.TryBegin(node, policy.Name)) is { } wanted)
            {
                _busy[node] = PullAsync(node, wanted.Name, cancellationToken);
            }
        }

        foreach (var gone in _busy.Keys.Except(fleet.Nodes).Where(node => _busy[node].IsCompleted).ToArray())
        {
            _busy.Remove(gone);
        }
    }

    /// <summary>Waits until what is under way has ended.</summary>
    public Task EndedAsync() => Task.WhenAll(_busy.Values);

    private async Task PullAsync(ModelNode node, string model, CancellationToken cancellationToken)
    {
        try
        {
            LogBegin(logger, model, node.Name);
            var body = JsonSerializer.SerializeToUtf8Bytes(new PullRequest(model), PullJson.Default.PullRequest);
            var said = time.GetTimestamp();
            var error = await progress.FollowAsync(node, "/api/pull", body, line =>
            {
                if (line is { Total: > 0 and var total, Completed: { } completed } && time.GetElapsedTime(said) >= Between)
                {
                    said = time.GetTimestamp();
                    LogProgress(logger, model, node.Name, (int)(100 * completed / total), line.Status);
                }

                return ValueTask.CompletedTask;
            }, cancellationToken);
            if (error is null)
            {
                await fleet.RefreshAsync(away: false, force: true, cancellationToken);
                LogDone(logger, model, node.Name);
            }
            else if (_attempts.Failed(node, model) is { } pause)
            {
                LogFailed(logger, model, node.Name, pause.TotalSeconds, error);
            }
            else
            {
                LogGivenUp(logger, model, node.Name, Attempts.Max, error);
            }
        }
        catch (OperationCanceledException)
        {
            // ModelHost stops; a node goes on from what it has when it is asked again.
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Pulling {Model} on {Node}")]
    private static partial void LogBegin(ILogger logger, string model, string node);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pulling {Model} on {Node}: {Percent} % of {Status}")]
    private static partial void LogProgress(ILogger logger, string model, string node, int percent, string? status);

    [LoggerMessage(Level = LogLevel.Information, Message = "Pulled {Model} on {Node}")]
    private static partial void LogDone(ILogger logger, string model, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Model} could not be pulled on {Node}, again in {Seconds} s: {Error}")]
    private static partial void LogFailed(ILogger logger, string model, string node, double seconds, string error);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Model} could not be pulled on {Node} in {Attempts} attempts: check its name and the node's disk and network, then pull it by hand or restart ModelHost. {Error}")]
    private static partial void LogGivenUp(ILogger logger, string model, string node, int attempts, string error);
}

internal sealed record PullRequest(string Model);

[System.Text.Json.Serialization.JsonSerializable(typeof(PullRequest))]
[System.Text.Json.Serialization.JsonSourceGenerationOptions(PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class PullJson : System.Text.Json.Serialization.JsonSerializerContext;
