using System.Net.Http.Headers;
using Lyceum.ModelHost.Scheduling;

namespace Lyceum.ModelHost.Nodes;

/// <summary>One node, and what is known of it at the moment.</summary>
internal sealed class ModelNode(Uri address, NodeSettings settings, TimeProvider time)
{
    private const string OpenAiPrefix = "/v1/";
    private readonly AuthenticationHeaderValue? _key = settings.ReadKey() is { } key ? new AuthenticationHeaderValue("Bearer", key) : null;
    private volatile State _state = new(Healthy: false, Models: null, Version: null);
    private volatile bool _drains = settings.Drain;

    public Uri Address { get; } = address;

    /// <summary>The entry of the configuration that it comes from.</summary>
    public NodeSettings Settings => settings;

    /// <summary>Host and port, which is how operators call it.</summary>
    public string Name => Address.Authority;

    public NodeKind Kind => settings.Protocol;

    /// <summary>How much work it gets in proportion to others.</summary>
    public double Weight => settings.Weight;

    /// <summary>How many requests it gets at once.</summary>
    public int Parallel => settings.Parallel;

    /// <summary>It finishes what it has and gets nothing new.</summary>
    public bool IsDraining
    {
        get => _drains;
        set => _drains = value;
    }

    /// <summary>Whether it can go on with a text that another node has begun.</summary>
    public bool MayContinue => Kind is NodeKind.Ollama || settings.Extensions;

    /// <summary>Whether it is failing.</summary>
    public NodeBreaker Breaker { get; } = new(time);

    /// <summary>What it does at the moment.</summary>
    public NodeWork Work { get; } = new(loadsOnDemand: settings.Protocol is NodeKind.Ollama);

    /// <summary>Whether it answered when last asked.</summary>
    public bool Healthy => _state.Healthy;

    /// <summary>What it listed when it last answered; null when it never did.</summary>
    public IReadOnlyList<NodeModel>? Models => _state.Models;

    /// <summary>The version of Ollama's API that it said it speaks when it last answered.</summary>
    public string? Version => _state.Version;

    public bool Has(string model) => Find(model) is not null;

    /// <summary>The model as the node lists it; null where it does not.</summary>
    public NodeModel? Find(string model) => _state.Models?.FirstOrDefault(known => ModelName.Same(known.Name, model));

    /// <summary>What to call the model when asking this node for it.</summary>
    public string IdOf(string model) => Kind is NodeKind.OpenAi && Find(model) is { } known ? known.Id : model;

    /// <summary>A request to the node, with its key. <paramref name="path"/> is one of the protocol's, such as <c>/v1/models</c>.</summary>
    public HttpRequestMessage Request(HttpMethod method, string path, HttpContent? content = null)
    {
        // The base of an OpenAI-compatible node includes what others have as /v1.
        var relative = Kind is NodeKind.OpenAi && path.StartsWith(OpenAiPrefix, StringComparison.Ordinal) ? path[OpenAiPrefix.Length..] : path[1..];
        var request = new HttpRequestMessage(method, new Uri(Address, relative)) { Content = content };
        request.Headers.Authorization = _key;
        return request;
    }

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
