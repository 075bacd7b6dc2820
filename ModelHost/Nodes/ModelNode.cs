using Lyceum.ModelHost.Scheduling;

namespace Lyceum.ModelHost.Nodes;

/// <summary>One node, and what is known of it at the moment.</summary>
internal sealed class ModelNode(Uri address, NodeSettings settings, TimeProvider time)
{
    private volatile State _state = new(Healthy: false, Models: null, Version: null);

    public Uri Address { get; } = address;

    /// <summary>Host and port, which is how operators call it.</summary>
    public string Name => Address.Authority;

    /// <summary>How much work it gets in proportion to others.</summary>
    public double Weight => settings.Weight;

    /// <summary>How many requests it gets at once.</summary>
    public int Parallel => settings.Parallel;

    /// <summary>It finishes what it has and gets nothing new.</summary>
    public bool IsDraining => settings.Drain;

    /// <summary>Whether it is failing.</summary>
    public NodeBreaker Breaker { get; } = new(time);

    /// <summary>What it does at the moment.</summary>
    public NodeWork Work { get; } = new();

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

    private sealed record State(bool Healthy, IReadOnlyList<NodeModel>? Models, string? Version);
}
