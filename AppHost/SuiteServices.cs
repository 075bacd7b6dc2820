using Lyceum.AppHost.Backing;
using Lyceum.AppHost.Secrets;

namespace Lyceum.AppHost;

/// <summary>What the services have in common, and what some of them need.</summary>
internal static class SuiteServices
{
    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, SuiteSecrets secrets, int? port = null)
        where TProject : IProjectMetadata, new()
    {
        var service = builder.AddProject<TProject>(name, launchProfileName: null)
            .WithHttpEndpoint(port: port)
            .WithHttpHealthCheck("/health")
            .WithEnvironment("Identity__Key", secrets.IdentityKey);
        return builder.ExecutionContext.IsRunMode
            ? service.WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName)
            : service;
    }

    public static IResourceBuilder<ProjectResource> WithDatabase(
        this IResourceBuilder<ProjectResource> service, SuiteBacking backing, string name)
    {
        service.WithReference(backing.Databases[name]);
        foreach (var server in backing.ReadyBefore)
        {
            service.WaitFor(server);
        }

        return service;
    }

    public static IResourceBuilder<ProjectResource> WithCache(this IResourceBuilder<ProjectResource> service, SuiteBacking backing) =>
        backing.Redis is null ? service : service.WithReference(backing.Redis);

    public static IResourceBuilder<ProjectResource> WithWorkspaces(this IResourceBuilder<ProjectResource> service, AppHostSettings settings) =>
        settings.Data is null ? service : service.WithEnvironment("Workspaces__Root", DataFolder.OpenPrivate(settings.Data, "workspaces"));

    /// <summary>As many replicas as wanted, which find each other's kernels by way of Redis.</summary>
    public static IResourceBuilder<ProjectResource> WithKernelReplicas(this IResourceBuilder<ProjectResource> service, AppHostSettings settings, SuiteBacking backing)
    {
        if (settings.KernelReplicas > 1 && backing.Redis is null)
        {
            throw new DistributedApplicationException(
                $"KernelService:Replicas is {settings.KernelReplicas}, but replicas find each other's kernels by a Redis, and there is none: set ConnectionStrings__redis=host:6379, or leave KernelService__Replicas out.");
        }

        return settings.KernelReplicas == 1 ? service : service.WithReplicas(settings.KernelReplicas);
    }

    /// <summary>Where a service's learning events wait while TelemetryIngest is away.</summary>
    public static IResourceBuilder<ProjectResource> WithOutbox(this IResourceBuilder<ProjectResource> service, AppHostSettings settings) =>
        settings.Data is null ? service : service.WithEnvironment("LearningEvents__Folder", Path.Combine(DataFolder.OpenPrivate(settings.Data, "outbox"), service.Resource.Name));

    public static IResourceBuilder<ProjectResource> WithModels(this IResourceBuilder<ProjectResource> service, SuiteModels models)
    {
        if (models.Container is not null)
        {
            service.WithEnvironment("Nodes__0", models.Container.GetEndpoint("http"));
        }

        for (var i = 0; i < models.Nodes.Count; i++)
        {
            // Not as an interpolated string in place: Aspire takes that for an expression of resources.
            var variable = $"Nodes__{i}";
            service.WithEnvironment(variable, models.Nodes[i]);
        }

        foreach (var (name, value) in models.Settings)
        {
            if (service.ApplicationBuilder.ExecutionContext.IsPublishMode && name.EndsWith("__ApiKey", StringComparison.OrdinalIgnoreCase))
            {
                throw new DistributedApplicationException($"ModelHost__{name} would stand in the published files for everybody to read; set ModelHost__{name}File to where the deployment puts the secret.");
            }

            service.WithEnvironment(name, value);
        }

        return models.Tutor is null ? service : service.WithEnvironment("Aliases__tutor", models.Tutor);
    }

    /// <summary>Prints the one address, with the token in it, once everything behind it is ready.</summary>
    public static void AnnounceWhenReady(
        this IResourceBuilder<ProjectResource> gateway, AppHostSettings settings, params IResourceBuilder<ProjectResource>[] others)
    {
        if (settings.OwnerToken is not { } token)
        {
            return;
        }

        var path = $"/?token={token}";
        gateway.WithUrlForEndpoint("http", url =>
        {
            url.Url = path;
            url.DisplayText = "Lyceum";
        });

        var http = gateway.GetEndpoint("http");
        IResourceBuilder<ProjectResource>[] all = [gateway, .. others];
        var open = all.Select(service => service.Resource.Name).ToHashSet();
        var announced = false;
        foreach (var service in all)
        {
            service.OnResourceReady((resource, _, _) =>
            {
                lock (open)
                {
                    open.Remove(resource.Name);
                    if (open.Count == 0 && !announced)
                    {
                        announced = true;
                        Console.WriteLine($"Lyceum: {http.Url}{path}");
                    }
                }

                return Task.CompletedTask;
            });
        }
    }
}
