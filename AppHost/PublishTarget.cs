namespace Lyceum.AppHost;

/// <summary>Where <c>aspire publish</c> and <c>aspire deploy</c> take the suite: <c>Publish:Target</c>.</summary>
internal static class PublishTarget
{
    public static void AddPublishTarget(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        var target = builder.Configuration["Publish:Target"];
        switch (target?.ToUpperInvariant())
        {
            case null or "" or "MANIFEST":
                break;
            case "KUBERNETES":
                builder.AddKubernetesEnvironment("k8s");
                break;
            case "CONTAINERAPPS":
                builder.AddAzureContainerAppEnvironment("aca");
                break;
            case "COMPOSE":
                builder.AddDockerComposeEnvironment("compose");
                break;
            default:
                throw new DistributedApplicationException(
                    $"Publish:Target is '{target}'; write kubernetes, containerapps or compose, or leave it out for the manifest.");
        }
    }
}
