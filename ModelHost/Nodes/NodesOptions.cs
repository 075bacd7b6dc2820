using System.ComponentModel.DataAnnotations;
using Lyceum.ServiceDefaults.Discovery;
using Microsoft.Extensions.Options;

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

/// <summary>One entry of <c>Nodes</c>.</summary>
internal sealed class NodeSettings
{
    /// <summary>
    /// The URL of a node that speaks Ollama's API, or a name that service discovery knows. A blank one is ignored.
    /// </summary>
    public string Url { get; set; } = "";

    /// <summary>How much work it gets in proportion to others; 0.01 to 100.</summary>
    [Range(0.01, 100, ErrorMessage = "Weight must be 0.01 to 100.")]
    public double Weight { get; set; } = 1;

    /// <summary>How many requests it gets at once, best what the node runs in parallel (OLLAMA_NUM_PARALLEL); 1 to 10000.</summary>
    [Range(1, 10_000, ErrorMessage = "Parallel must be 1 to 10000.")]
    public int Parallel { get; set; } = 4;

    /// <summary>Gives it nothing new, so that it can be taken away without anybody noticing.</summary>
    public bool Drain { get; set; }
}

/// <summary>How long ModelHost waits for a node.</summary>
internal sealed class NodeLimits
{
    /// <summary>For a connection; 1 to 60 s.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "Limits:Connect must be between 00:00:01 and 00:01:00.")]
    public TimeSpan Connect { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>For the first byte of an answer: loading a large model takes minutes; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Limits:FirstByte must be between 00:00:01 and 01:00:00.")]
    public TimeSpan FirstByte { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two pieces of an answer; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Limits:Idle must be between 00:00:01 and 01:00:00.")]
    public TimeSpan Idle { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Between two looks at a node's health and models; 1 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:05:00", ErrorMessage = "Limits:Probe must be between 00:00:01 and 00:05:00.")]
    public TimeSpan Probe { get; set; } = TimeSpan.FromSeconds(5);
}

/// <summary>Stops the start when a node cannot be meant, and says what to write instead.</summary>
internal sealed class NodesOptionsValidator(ServiceEndpoints endpoints) : IValidateOptions<NodesOptions>
{
    public ValidateOptionsResult Validate(string? name, NodesOptions options)
    {
        List<string> failures = [];
        List<ValidationResult> limits = [];
        Validator.TryValidateObject(options.Limits, new ValidationContext(options.Limits), limits, validateAllProperties: true);
        failures.AddRange(limits.Select(result => result.ErrorMessage ?? "Limits are not valid."));
        for (var i = 0; i < options.Nodes.Count; i++)
        {
            var node = options.Nodes[i].Url;
            List<ValidationResult> wrong = [];
            Validator.TryValidateObject(options.Nodes[i], new ValidationContext(options.Nodes[i]), wrong, validateAllProperties: true);
            failures.AddRange(wrong.Select(result => $"Nodes:{i}:{result.ErrorMessage}"));
            if (!string.IsNullOrWhiteSpace(node) && NodeAddresses.Of(node, endpoints).Count == 0)
            {
                // A password must not reach the log.
                failures.Add(node.Contains('@', StringComparison.Ordinal)
                    ? $"Nodes:{i} is not a URL to use: leave out user and password, such as http://gpu1:11434."
                    : $"Nodes:{i} is '{node}': write the node's URL, such as http://gpu1:11434, without query or fragment, or the name of a service that discovery knows (services__{node}__http__0).");
            }
        }

        foreach (var (alias, model) in options.Aliases)
        {
            if (model.Split(',').Any(string.IsNullOrWhiteSpace))
            {
                failures.Add($"Aliases:{alias} is empty or has an empty part: write the model that it stands for, such as qwen3:32b, or several, such as qwen3:32b,qwen3:8b.");
            }
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }
}

internal static class NodeAddresses
{
    /// <summary>The addresses that one entry of the configuration means; none when it means nothing.</summary>
    public static IReadOnlyList<Uri> Of(string entry, ServiceEndpoints endpoints)
    {
        var text = entry.Trim();
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return uri is { UserInfo: "", Query: "", Fragment: "" } ? [WithSlash(uri)] : [];
        }

        return [.. endpoints.All(text).Select(WithSlash)];
    }

    private static Uri WithSlash(Uri uri) => uri.AbsolutePath.EndsWith('/') ? uri : new Uri(uri.AbsoluteUri + "/");
}
