using Lyceum.AppHost.Publishing;
using Microsoft.Extensions.Configuration;

namespace Lyceum.AppHost.Backing;

/// <summary>What answers for models: nodes that are there already, or a container; with neither, ModelHost's built-in model.</summary>
/// <param name="Container">Ollama in a container.</param>
/// <param name="Nodes">URLs, or names that service discovery knows.</param>
/// <param name="Tutor">The model that the tutor uses.</param>
internal sealed record SuiteModels(IResourceBuilder<ContainerResource>? Container, IReadOnlyList<string> Nodes, string? Tutor)
{
    private const string OllamaTag = "0.13.0";

    public static SuiteModels FromConfiguration(IConfiguration configuration)
    {
        var section = configuration.GetSection("Models:Nodes");
        var nodes = section.GetChildren().Select(node => node.Value)
            .Concat((section.Value ?? "").Split(','))
            .Select(node => node?.Trim() ?? "")
            .Where(node => node.Length > 0)
            .ToArray();
        var wrong = nodes.FirstOrDefault(node =>
            node.Contains(':', StringComparison.Ordinal) && !(Uri.TryCreate(node, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"));
        return wrong is null
            ? new SuiteModels(null, nodes, configuration["Models:Tutor"])
            : throw new DistributedApplicationException($"Models:Nodes has '{wrong}'; write the node's URL, such as http://gpu1:11434.");
    }

    /// <summary>Adds Ollama as a container, unless nodes are configured.</summary>
    public static SuiteModels WithContainer(IDistributedApplicationBuilder builder, KubernetesCluster? cluster)
    {
        var models = FromConfiguration(builder.Configuration);
        if (models.Nodes.Count > 0)
        {
            return models;
        }

        var ollama = builder.AddContainer("ollama", "ollama/ollama", builder.Configuration["Models:OllamaTag"] ?? OllamaTag)
            .WithHttpEndpoint(targetPort: 11434)
            .WithVolume("ollama-data", "/root/.ollama");
        cluster?.Keep(ollama, "ollama-data", "Models", "100Gi");

        // A cluster is published to for its GPUs; a laptop's runtime fails when asked for one that it has not.
        if (builder.Configuration.GetValue("Models:Gpu", builder.ExecutionContext.IsPublishMode))
        {
            // The argument is for the local runtime; NVIDIA's runtime in a cluster reads the variables, which also reach the manifest.
            ollama.WithContainerRuntimeArgs("--gpus", "all")
                .WithEnvironment("NVIDIA_VISIBLE_DEVICES", "all")
                .WithEnvironment("NVIDIA_DRIVER_CAPABILITIES", "compute,utility");
            cluster?.GiveGpu(ollama);
        }

        return models with { Container = ollama };
    }
}
