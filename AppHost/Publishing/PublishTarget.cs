namespace Lyceum.AppHost.Publishing;

/// <summary>Where <c>aspire publish</c> and <c>aspire deploy</c> take the suite: <c>Publish:Target</c>.</summary>
internal static class PublishTarget
{
    /// <summary>Adds the place to publish to.</summary>
    /// <returns>The cluster when it is Kubernetes; else null.</returns>
    public static KubernetesCluster? AddPublishTarget(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsPublishMode)
        {
            return null;
        }

        var target = builder.Configuration["Publish:Target"];
        switch (target?.ToUpperInvariant())
        {
            case null or "" or "MANIFEST":
                return null;
            case "KUBERNETES":
                return new KubernetesCluster(builder.AddKubernetesEnvironment("k8s"), builder.Configuration.GetSection("Publish"));
            case "CONTAINERAPPS":
                builder.AddAzureContainerAppEnvironment("aca");
                return null;
            case "COMPOSE":
                builder.AddDockerComposeEnvironment("compose");
                return null;
            default:
                throw new DistributedApplicationException(
                    $"Publish:Target is '{target}'; write kubernetes, containerapps or compose, or leave it out for the manifest.");
        }
    }
}
