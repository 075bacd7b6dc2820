namespace Lyceum.ModelHost.Nodes;

/// <summary>One node, and what is known of it at the moment.</summary>
internal sealed class ModelNode(Uri address)
{
    private int outstanding;
    private volatile State state = new(Healthy: false, Models: null, Version: null);

    public Uri Address { get; } = address;

    /// <summary>Requests that are under way on it.</summary>
    public int Outstanding => Volatile.Read(ref outstanding);

    /// <summary>Whether it answered when last asked.</summary>
    public bool Healthy => state.Healthy;

    /// <summary>What it listed when it last answered; null when it never did.</summary>
    public IReadOnlyList<NodeModel>? Models => state.Models;

    /// <summary>The version of Ollama's API that it said it speaks when it last answered.</summary>
    public string? Version => state.Version;

    public bool Has(string model) => state.Models?.Any(known => ModelName.Same(known.Name, model)) ?? false;

    /// <summary>Answers whether that is news.</summary>
    public bool Answered(IReadOnlyList<NodeModel> models, string? version)
    {
        var news = !state.Healthy;
        state = new State(Healthy: true, models, version);
        return news;
    }

    /// <summary>Answers whether that is news.</summary>
    public bool Failed()
    {
        var before = state;
        state = before with { Healthy = false };
        return before.Healthy;
    }

    /// <summary>Counts a request until the result is disposed.</summary>
    public Lease Begin()
    {
        Interlocked.Increment(ref outstanding);
        return new Lease(this);
    }

    internal readonly struct Lease(ModelNode node) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref node.outstanding);
    }

    private sealed record State(bool Healthy, IReadOnlyList<NodeModel>? Models, string? Version);
}
