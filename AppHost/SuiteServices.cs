using Lyceum.AppHost.Backing;
using Lyceum.AppHost.Publishing;
using Lyceum.AppHost.Secrets;
using Microsoft.Extensions.Hosting;

namespace Lyceum.AppHost;

/// <summary>What the services have in common, and what some of them need.</summary>
internal static class SuiteServices
{
    // The home of the account that .NET's images run services as, which may write there; so a volume in its place can be written to as well.
    private const string ContainerHome = "/home/app";

    // In a cluster five seconds apart: a database's image is fetched meanwhile.
    private const int PatientProbes = 60;

    public static IResourceBuilder<ProjectResource> AddService<TProject>(
        this IDistributedApplicationBuilder builder, string name, SuiteSecrets secrets, int? port = null)
        where TProject : IProjectMetadata, new()
    {
        var service = builder.AddProject<TProject>(name, launchProfileName: null)
            .WithHttpEndpoint(port: port)
            .WithEnvironment("Identity__Key", secrets.IdentityKey)
            .WithSettings(typeof(TProject).Name);
        if (builder.ExecutionContext.IsRunMode)
        {
            return service.WithHttpHealthCheck("/health").WithEnvironment("ASPNETCORE_ENVIRONMENT", builder.Environment.EnvironmentName);
        }

        // Once it has had its database, a service that has lost it is no better for being cut off or started again: it answers that it waits.
        return service.WithHttpProbe(ProbeType.Startup, "/health", failureThreshold: PatientProbes).WithHttpProbe(ProbeType.Liveness, "/alive");
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

    /// <summary>Where notebooks are kept: in the data folder here, and in a volume where the suite is published to.</summary>
    public static IResourceBuilder<ProjectResource> WithWorkspaces(
        this IResourceBuilder<ProjectResource> service, AppHostSettings settings, KubernetesCluster? cluster)
    {
        if (settings.Data is not null)
        {
            return service.WithEnvironment("Workspaces__Root", DataFolder.OpenPrivate(settings.Data, "workspaces"));
        }

        service.WithEnvironment("Workspaces__Root", $"{ContainerHome}/workspaces")
            .WithAnnotation(new ContainerMountAnnotation("lyceum-workspaces", ContainerHome, ContainerMountType.Volume, isReadOnly: false));
        cluster?.Keep(service, "lyceum-workspaces", "Workspaces", "50Gi", isShared: settings.KernelReplicas > 1);
        return service;
    }

    /// <summary>Where each user's kernels have an account of their own, the service may take them on.</summary>
    public static IResourceBuilder<ProjectResource> WithKernelAccounts(this IResourceBuilder<ProjectResource> service, KubernetesCluster? cluster)
    {
        if (cluster is not null && service.ApplicationBuilder.Configuration["KernelService:Kernels:Accounts:Count"] is { Length: > 0 } and not "0")
        {
            KubernetesCluster.LetTakeOnAccounts(service);
        }

        return service;
    }

    /// <summary>Closes the runtime's door for dumps and debuggers, which is open to all that the service's account runs; a developer's stays open.</summary>
    public static IResourceBuilder<ProjectResource> WithoutDiagnostics(this IResourceBuilder<ProjectResource> service) =>
        service.ApplicationBuilder is { ExecutionContext.IsRunMode: true } builder && builder.Environment.IsDevelopment()
            ? service
            : service.WithEnvironment("DOTNET_EnableDiagnostics", "0");

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
