namespace Lyceum.ModelHost.Nodes;

/// <summary>One node, and what is known of it at the moment.</summary>
internal sealed class ModelNode(Uri address)
{
    private int _outstanding;
    private volatile State _state = new(Healthy: false, Models: null, Version: null);

    public Uri Address { get; } = address;

    /// <summary>Requests that are under way on it.</summary>
    public int Outstanding => Volatile.Read(ref _outstanding);

    /// <summary>Whether it answered when last asked.</summary>
    public bool Healthy => _state.Healthy;

    /// <summary>What it listed when it last answered; null when it never did.</summary>
    public IReadOnlyList<NodeModel>? Models => _state.Models;

    /// <summary>The version of Ollama's API that it said it speaks when it last answered.</summary>
    public string? Version => _state.Version;

    public bool Has(string model) => _state.Models?.Any(known => ModelName.Same(known.Name, model)) ?? false;

    /// <summary>Answers whether that is news.</summary>
    public bool Answered(IReadOnlyList<NodeModel> models, string? version)
    {
        var news = !_state.Healthy;
        _state = new State(Healthy: true, models, version);
        return news;
    }

    /// <summary>Answers whether that is news.</summary>
    public bool Failed()
    {
        var before = _state;
        _state = before with { Healthy = false };
        return before.Healthy;
    }

    /// <summary>Counts a request until the result is disposed.</summary>
    public Lease Begin()
    {
        Interlocked.Increment(ref _outstanding);
        return new Lease(this);
    }

    internal readonly struct Lease(ModelNode node) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref node._outstanding);
    }

    private sealed record State(bool Healthy, IReadOnlyList<NodeModel>? Models, string? Version);
}
