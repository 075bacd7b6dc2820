using Lyceum.ModelHost.Hints;
using Lyceum.ModelHost.Scheduling;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Nodes;

/// <summary>Where a request for a model goes.</summary>
internal abstract record Placement
{
    private Placement()
    {
    }

    /// <summary>To the built-in model.</summary>
    internal sealed record BuiltIn : Placement;

    /// <summary>To the nodes that have this model.</summary>
    internal sealed record OnNodes(string Model) : Placement;

    /// <summary>Nowhere: no node has the model.</summary>
    internal sealed record NotFound(string Message) : Placement;

    /// <summary>Nowhere at the moment: nodes that have it, or may have it, are away.</summary>
    internal sealed record Away(string Message) : Placement;
}

/// <summary>Turns the name in a request into a model and the nodes that have it.</summary>
internal sealed class ModelResolver(NodeFleet fleet, ModelScheduler scheduler, IOptions<NodesOptions> options)
{
    private const string Tutor = "tutor";
    private readonly Dictionary<string, string[]> _aliases = options.Value.Aliases
        .ToDictionary(pair => ModelName.Short(pair.Key), pair => pair.Value.Split(',', StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase);

    /// <summary>The built-in model serves without nodes, or where an alias names it.</summary>
    public bool BuiltInServes => !fleet.IsConfigured || _aliases.Values.Any(models => models.Any(HintModel.Is));

    /// <summary>Where a request for this name goes, asking the nodes again before the answer is no.</summary>
    public async ValueTask<Placement> PlaceAsync(string name, CancellationToken cancellationToken)
    {
        var placement = Place(name);
        if (placement is Placement.NotFound or Placement.Away && fleet.IsConfigured)
        {
            await fleet.RefreshAsync(away: true, cancellationToken);
            placement = Place(name);
        }

        return placement;
    }

    private Placement Place(string name)
    {
        if (Models(name) is not { Length: > 0 } models)
        {
            return fleet.Nodes.Count > 0 && fleet.Nodes.All(node => node.Healthy)
                ? new Placement.NotFound($"model '{name}' not found: it stands for the first model that can chat, and no node has one")
                : new Placement.Away($"no node that may have a model for '{name}' answers: try again in a moment");
        }

        // The first that can run without others waiting for it; where there is none, the first that can run at all.
        Placement[] places = [.. models.Select(model => Place(name, model))];
        return places.FirstOrDefault(place => place is Placement.BuiltIn || (place is Placement.OnNodes on && (models.Length == 1 || !scheduler.IsUnderPressure(on.Model))))
            ?? places.FirstOrDefault(place => place is Placement.OnNodes)
            ?? places.FirstOrDefault(place => place is Placement.Away)
            ?? places[0];
    }

    private Placement Place(string name, string model)
    {
        if (HintModel.Is(model))
        {
            return BuiltInServes ? new Placement.BuiltIn() : NotFound(name, model);
        }

        if (fleet.Having(model) is { } node)
        {
            return new Placement.OnNodes(SpelledAs(model, node));
        }

        return fleet.Nodes.Any(node => !node.Healthy && (node.Models is null || node.Has(model))) || (fleet.IsConfigured && fleet.Nodes.Count == 0)
            ? new Placement.Away($"no node that may have model '{model}' answers: try again in a moment")
            : NotFound(name, model);
    }

    /// <summary>The name as asked, unless its capitals are not the node's: not every node overlooks that.</summary>
    private static string SpelledAs(string model, ModelNode node)
    {
        var listed = node.Models?.FirstOrDefault(known => ModelName.Same(known.Name, model))?.Name;
        return listed is null || listed == ModelName.Full(model) ? model : listed;
    }

    private static Placement.NotFound NotFound(string name, string model) => new(ModelName.Same(name, model)
        ? $"model '{name}' not found"
        : $"model '{model}' not found, which '{name}' stands for");

    private string[] Models(string name)
    {
        var asked = ModelName.Short(name);
        if (_aliases.TryGetValue(asked, out var targets))
        {
            return targets;
        }

        if (!asked.Equals(Tutor, StringComparison.OrdinalIgnoreCase) || fleet.Nodes.Any(node => node.Has(name)))
        {
            return [name];
        }

        return !fleet.IsConfigured ? [HintModel.Name] : fleet.Models.FirstOrDefault(model => model.Completes) is { } first ? [first.Name] : [];
    }
}
