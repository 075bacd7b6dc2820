using Lyceum.ModelHost.Scheduling;
using Lyceum.ServiceDefaults.Storage;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Lyceum.ModelHost.Nodes;

/// <summary>Which nodes get nothing new by the owner's word; where there is a Redis, all replicas hear of it there.</summary>
internal sealed partial class NodeDrains(
    NodeFleet fleet, ModelScheduler scheduler, IOptions<NodesOptions> options, TimeProvider time, ILogger<NodeDrains> logger, IConnectionMultiplexer? redis = null) : BackgroundService
{
    // The address of a node found in DNS may soon be another one's.
    private static readonly TimeSpan KeptForDiscovered = TimeSpan.FromHours(1);

    public async Task SetAsync(ModelNode node, bool drain)
    {
        Apply(node, drain);
        if (redis is null)
        {
            return;
        }

        try
        {
            RedisValue value = drain ? "1" : "0";
            await (node.Settings.Dns
                ? redis.GetDatabase().StringSetAsync(Key(node), value, KeptForDiscovered)
                : redis.GetDatabase().StringSetAsync(Key(node), value)).WaitAsync(TimeSpan.FromMilliseconds(redis.TimeoutMilliseconds), time);
        }
        catch (Exception failure) when (RedisFailure.IsAway(failure))
        {
            LogAlone(logger, node.Name, failure.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (redis is null || !fleet.IsConfigured)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.Limits.Probe, time);
        do
        {
            await HearAsync(redis, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task HearAsync(IConnectionMultiplexer there, CancellationToken cancellationToken)
    {
        var nodes = fleet.Nodes;
        if (nodes.Count == 0 || !there.IsConnected)
        {
            return;
        }

        try
        {
            var values = await there.GetDatabase().StringGetAsync([.. nodes.Select(Key)]).WaitAsync(TimeSpan.FromMilliseconds(there.TimeoutMilliseconds), time, cancellationToken);
            foreach (var (node, value) in nodes.Zip(values))
            {
                if (!value.IsNull && node.IsDraining != (value == "1"))
                {
                    Apply(node, value == "1");
                }
            }
        }
        catch (Exception failure) when (RedisFailure.IsAway(failure))
        {
            // What was heard last holds on.
        }
    }

    private void Apply(ModelNode node, bool drain)
    {
        node.IsDraining = drain;
        // Who waits may now have a place, or none.
        scheduler.Advance();
        LogSet(logger, node.Name, drain);
    }

    private static RedisKey Key(ModelNode node) => $"{{lyceum:nodes}}:drain:{node.Name}";

    [LoggerMessage(Level = LogLevel.Information, Message = "Node {Node} drains: {Drain}")]
    private static partial void LogSet(ILogger logger, string node, bool drain);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis is away, the other replicas do not hear of what was said of node {Node}: say it again when it is back. {Reason}")]
    private static partial void LogAlone(ILogger logger, string node, string reason);
}
