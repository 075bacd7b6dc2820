using Lyceum.AppHost.Publishing;
using Lyceum.AppHost.Secrets;
using Microsoft.Extensions.Configuration;

namespace Lyceum.AppHost.Backing;

/// <summary>Decides where the data is: <c>Backing:Mode</c>, or what there is.</summary>
internal static class BackingModes
{
    public static SuiteBacking AddBacking(
        this IDistributedApplicationBuilder builder, AppHostSettings settings, SuiteSecrets secrets, KubernetesCluster? cluster)
    {
        var mode = builder.Configuration["Backing:Mode"];
        return mode?.ToUpperInvariant() switch
        {
            null or "" or "AUTO" => Automatic(builder, settings, secrets, cluster),
            "CONTAINERS" => ContainerBacking.Add(builder, secrets, cluster),
            "EXTERNAL" => ExternalBacking.Add(builder),
            "EMBEDDED" when builder.ExecutionContext.IsPublishMode => throw new DistributedApplicationException(
                "Backing:Mode is 'embedded', which is only for running here; publish with containers or external."),
            "EMBEDDED" => EmbeddedBacking.Add(builder, settings, secrets),
            _ => throw new DistributedApplicationException(
                $"Backing:Mode is '{mode}'; write containers, external or embedded, or leave it out."),
        };
    }

    private static SuiteBacking Automatic(
        IDistributedApplicationBuilder builder, AppHostSettings settings, SuiteSecrets secrets, KubernetesCluster? cluster)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            return ContainerBacking.Add(builder, secrets, cluster);
        }

        if (SuiteBacking.DatabaseNames.Any(name => builder.Configuration.GetConnectionString(name) is not null))
        {
            return ExternalBacking.Add(builder);
        }

        return ContainerRuntime.Answers() ? ContainerBacking.Add(builder, secrets, cluster) : EmbeddedBacking.Add(builder, settings, secrets);
    }
}
