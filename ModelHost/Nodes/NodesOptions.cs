namespace Lyceum.ModelHost.Nodes;

/// <summary>Which nodes serve models, and under which other names. Bound from the root of the configuration.</summary>
internal sealed class NodesOptions
{
    /// <summary><c>Nodes:0</c>, <c>Nodes:1</c>, ...; without any the built-in model serves.</summary>
    public IReadOnlyList<NodeSettings> Nodes { get; private set; } = [];

    /// <summary>
    /// <c>Aliases:tutor=qwen3:32b</c>: the model that a request for the alias runs on. More than one, separated by commas: the next
    /// one takes over while no node runs the one before, or too many wait for it.
    /// </summary>
    public IDictionary<string, string> Aliases { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Section <c>Limits</c>.</summary>
    public NodeLimits Limits { get; } = new();

    /// <summary>Reads nodes of either form: <c>Nodes:0=http://gpu1:11434</c>, or settings below <c>Nodes:0</c>.</summary>
    public static void Bind(NodesOptions options, IConfiguration configuration)
    {
        configuration.GetSection("Aliases").Bind(options.Aliases);
        configuration.GetSection("Limits").Bind(options.Limits);
        options.Nodes = [.. configuration.GetSection("Nodes").GetChildren().Select(section =>
        {
            var settings = new NodeSettings();
            section.Bind(settings);
            settings.Url = string.IsNullOrWhiteSpace(section.Value) ? settings.Url : section.Value;
            return settings;
        })];
    }
}
