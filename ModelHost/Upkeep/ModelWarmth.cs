using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Library;
using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Scheduling;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Upkeep;

/// <summary>Has models loaded before they are asked for. A load waits its turn as a request does, behind those of people.</summary>
internal sealed partial class ModelWarmth(
    ModelPolicies policies, NodeFleet fleet, ModelScheduler scheduler, NodeClient client, IOptions<NodesOptions> nodes, TimeProvider time, ILogger<ModelWarmth> logger)
{
    private const string Own = "service:modelhost";
    private readonly Attempts _attempts = new(time);
    private readonly List<Task> _running = [];

    /// <summary>Begins to load what is to be warm on nodes that have come up. Called by one thread.</summary>
    public void BeginCold(CancellationToken cancellationToken)
    {
        _attempts.Keep(node => node.Healthy && fleet.Nodes.Contains(node));
        _running.RemoveAll(load => load.IsCompleted);
        foreach (var policy in policies.ToWarm)
        {
            foreach (var node in Having(policy.Name).Where(node => _attempts.TryBegin(node, policy.Name)))
            {
                _running.Add(WarmAsync(node, policy.Name, cancellationToken));
            }
        }
    }

    /// <summary>Loads a model on all nodes that have it.</summary>
    public Task LoadAsync(string model, string keepAlive, CancellationToken cancellationToken) =>
        Task.WhenAll(Having(model).Select(node => LoadAsync(node, model, keepAlive, cancellationToken)));

    /// <summary>Waits until what is under way has ended.</summary>
    public Task EndedAsync() => Task.WhenAll(_running);

    private ModelNode[] Having(string model) =>
        [.. fleet.Nodes.Where(node => node is { Kind: NodeKind.Ollama, Healthy: true, IsDraining: false } && node.Has(model))];

    private async Task WarmAsync(ModelNode node, string model, CancellationToken cancellationToken)
    {
        if (!await LoadAsync(node, model, "", cancellationToken) && !cancellationToken.IsCancellationRequested)
        {
            _attempts.Failed(node, model);
        }
    }

    private async Task<bool> LoadAsync(ModelNode node, string model, string keepAlive, CancellationToken cancellationToken)
    {
        var body = policies.LoadRequest(model, keepAlive);
        var options = RequestTraits.Read(body, ModelOperation.Generate).LoadOptions;
        try
        {
            using var entry = scheduler.Enter(new RunRequest(model, "", Own, IsBatch: true, options, null, Tokens: 0), [.. fleet.Nodes.Where(other => other != node)]);
            var turn = await entry.WaitAsync(TimeSpan.FromMinutes(1), () => Task.CompletedTask, cancellationToken);
            var error = turn.Slot is { } slot ? await LoadAsync(slot, body, cancellationToken) : "the node had no place for it";
            if (error is null)
            {
                LogLoaded(logger, model, node.Name);
                return true;
            }

            LogFailed(logger, model, node.Name, error);
        }
        catch (OperationCanceledException)
        {
            // ModelHost stops.
        }

        return false;
    }

    private async Task<string?> LoadAsync(NodeSlot slot, byte[] body, CancellationToken cancellationToken)
    {
        slot.Tokens = 0;
        using var wait = new WaitLimit(nodes.Value.Limits.FirstByte, nodes.Value.Limits.Idle, time, cancellationToken);
        try
        {
            using var request = slot.Node.Request(HttpMethod.Post, ModelOperation.Generate.Path, new SplicedContent(body, default, default));
            using var response = await client.SendAsync(request, wait.Token);
            if (!response.IsSuccessStatusCode)
            {
                return await NodeError.ReadAsync(response, wait.Token);
            }

            slot.Began();
            return null;
        }
        catch (Exception failure) when (wait.Explains(failure) is not NodeFailure.None)
        {
            return wait.Explains(failure).Message();
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Loaded {Model} on {Node} ahead of requests")]
    private static partial void LogLoaded(ILogger logger, string model, string node);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Model} could not be loaded on {Node} ahead of requests: {Error}")]
    private static partial void LogFailed(ILogger logger, string model, string node, string error);
}
