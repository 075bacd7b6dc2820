using System.Text.Json;
using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Scheduling;
using Microsoft.Extensions.Time.Testing;

namespace Lyceum.ModelHost.Tests.Scheduling;

/// <summary>A scheduler over nodes that exist in name only, on a clock that stands still unless told.</summary>
internal sealed class SimulatedNodes : IDisposable
{
    private SimulatedNodes(SchedulingOptions options, params NodeSettings[] nodes)
    {
        Nodes = [.. nodes.Select((settings, i) => new ModelNode(new Uri($"http://node{i}:11434/"), settings, Time))];
        foreach (var node in Nodes)
        {
            node.Answered([new NodeModel("big:latest", default(JsonElement)), new NodeModel("small:latest", default(JsonElement))], "0");
        }

        Scheduler = new ModelScheduler(Nodes, options, Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public IReadOnlyList<ModelNode> Nodes { get; }

    public ModelScheduler Scheduler { get; }

    public static SimulatedNodes With(params NodeSettings[] nodes) => new(new SchedulingOptions(), nodes);

    public static SimulatedNodes With(SchedulingOptions options, params NodeSettings[] nodes) => new(options, nodes);

    public static RunRequest Request(string user = "sam", string course = "a", string model = "big", bool batch = false, string options = "", ulong? conversation = null, int tokens = 100) =>
        new(model, course, user, batch, options, conversation, tokens);

    public QueueEntry Enter(RunRequest request, params ModelNode[] avoided) => Scheduler.Enter(request, avoided);

    /// <summary>Runs the request to its first token, where there is a place at once.</summary>
    public QueueEntry Run(RunRequest request)
    {
        var entry = Enter(request);
        entry.Given!.Began();
        return entry;
    }

    /// <summary>Has the model loaded on the node, with nothing running.</summary>
    public void Load(int node, string model = "big", string options = "")
    {
        Nodes[node].Work.Began(Request(model: model, options: options), cold: true);
        Nodes[node].Work.IsLoaded(Request(model: model, options: options), wasCold: true, Time.GetTimestamp());
        Nodes[node].Work.Ended(Request(model: model, options: options), stillLoading: false);
    }

    public void Dispose() => Scheduler.Dispose();
}
