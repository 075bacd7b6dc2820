using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Scheduling;

/// <summary>What a node is doing, as far as this ModelHost has caused it or the node has told. Under the scheduler's lock.</summary>
/// <param name="loadsOnDemand">Whether it loads models when they are asked for, with the options that are asked for; otherwise what it has is loaded.</param>
internal sealed class NodeWork(bool loadsOnDemand = true)
{
    private readonly Dictionary<string, LoadedModel> _loaded = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Requests under way.</summary>
    public int Running { get; private set; }

    /// <summary>Their tokens, by estimate.</summary>
    public long Outstanding { get; private set; }

    /// <summary>The model that is being loaded; null when none is.</summary>
    public string? Loading { get; private set; }

    public int LoadedModels => _loaded.Count;

    public IEnumerable<string> Loaded => _loaded.Keys;

    /// <summary>Whether the model is ready to run with these options.</summary>
    public bool IsWarm(RunRequest request) =>
        _loaded.TryGetValue(ModelName.Full(request.Model), out var loaded) && (!loadsOnDemand || (loaded.Options ?? "") == request.LoadOptions);

    /// <summary>Whether the model runs with other options, so that to run it with these the node must first finish and load again.</summary>
    public bool IsBusyOtherwise(RunRequest request) =>
        loadsOnDemand && _loaded.TryGetValue(ModelName.Full(request.Model), out var loaded) && loaded.InUse > 0 && (loaded.Options ?? "") != request.LoadOptions;

    public void Began(RunRequest request, bool cold)
    {
        Running++;
        Outstanding += request.Tokens;
        if (cold)
        {
            Loading = request.Model;
        }
        else if (_loaded.TryGetValue(ModelName.Full(request.Model), out var loaded))
        {
            loaded.InUse++;
        }
    }

    /// <summary>The first sign of the model shows that it is loaded.</summary>
    public void IsLoaded(RunRequest request, bool wasCold, long now)
    {
        if (wasCold)
        {
            Loading = null;
            _loaded[ModelName.Full(request.Model)] = new LoadedModel { Options = request.LoadOptions, InUse = 1, Since = now };
        }
    }

    public void Ended(RunRequest request, bool stillLoading)
    {
        Running--;
        Outstanding -= request.Tokens;
        if (stillLoading)
        {
            Loading = null;
        }
        else if (_loaded.TryGetValue(ModelName.Full(request.Model), out var loaded) && loaded.InUse > 0)
        {
            loaded.InUse--;
        }
    }

    /// <summary>Takes over which models the node says are loaded.</summary>
    /// <param name="names">The models.</param>
    /// <param name="asked">When it was asked: what was loaded since stays.</param>
    public void Told(IReadOnlyCollection<string> names, long asked)
    {
        var now = names.Select(ModelName.Full).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var gone in _loaded.Where(pair => !now.Contains(pair.Key) && pair.Value is { InUse: 0 } loaded && loaded.Since < asked).Select(pair => pair.Key).ToArray())
        {
            _loaded.Remove(gone);
        }

        foreach (var name in now)
        {
            // With which options a model was loaded that somebody else had loaded, a node does not tell.
            _loaded.TryAdd(name, new LoadedModel { Options = null, InUse = 0, Since = asked });
        }
    }

    private sealed class LoadedModel
    {
        public required string? Options { get; init; }

        public required long Since { get; init; }

        public int InUse { get; set; }
    }
}
