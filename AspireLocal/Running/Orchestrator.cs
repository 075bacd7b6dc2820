using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Lyceum.AspireLocal.Dashboard;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lyceum.AspireLocal.Running;

/// <summary>Starts the resources, each as soon as those that it waits for are ready, and stops them the other way round.</summary>
internal sealed partial class Orchestrator(
    ResourceTable table,
    InstanceFactory instances,
    HealthMonitor monitor,
    DashboardServer dashboard,
    IServiceProvider services,
    ILogger<Orchestrator> logger) : IHostedService, IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _work = [];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        RefuseContainers();
        RefuseCircles();
        using (var ports = new PortAllocation())
        {
            ports.Claim(dashboard.Port, "The dashboard", $"choose another port with Dashboard__Port={dashboard.Port + 10}");
            instances.GiveOutPorts(ports);
        }

        await dashboard.StartAsync(cancellationToken);
        foreach (var value in table.All.Except(table.Processes))
        {
            value.Become(ResourceState.Available, reason: null);
            value.Report(healthy: true, reason: null);
        }

        foreach (var resource in table.Processes)
        {
            await instances.PrepareAsync(resource, cancellationToken);
        }

        foreach (var resource in table.Processes)
        {
            _work.Add(GuardAsync(resource, RunAsync(resource)));
            _work.AddRange(instances.FrontsOf(resource).Select(front => GuardAsync(resource, front.RunAsync(_stopping.Token))));
        }

        await Console.Out.WriteLineAsync($"Dashboard: {dashboard.LoginUrl}".AsMemory(), cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        var stops = new Dictionary<RunningResource, Task>();
        foreach (var resource in table.Processes)
        {
            _ = StopAfterDependentsAsync(resource, stops);
        }

        await Task.WhenAll(stops.Values);
        await Task.WhenAll(_work);
        await dashboard.StopAsync(cancellationToken);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        foreach (var instance in table.Processes.SelectMany(resource => resource.Instances))
        {
            instance.Dispose();
        }
    }

    private async Task RunAsync(RunningResource resource)
    {
        var open = table.Before(resource).Where(other => !other.IsReady).ToArray();
        if (open.Length > 0)
        {
            resource.Become(ResourceState.Waiting, $"waits for {string.Join(", ", open.Select(other => other.Name))}");
            await Task.WhenAll(open.Select(other => other.Ready)).WaitAsync(_stopping.Token);
        }

        resource.Become(ResourceState.Starting, reason: null);
        foreach (var instance in resource.Instances)
        {
            instance.Start();
        }

        await monitor.RunAsync(resource, () => AnnounceAsync(resource), _stopping.Token);
    }

    private async Task AnnounceAsync(RunningResource resource)
    {
        Log.Ready(logger, resource.Name);
        var ready = new ResourceReadyEvent(resource.Resource, services);
        foreach (var annotation in resource.Resource.Annotations.OfType<ReadyAnnotation>())
        {
            await annotation.Callback(ready, _stopping.Token);
        }
    }

    private async Task GuardAsync(RunningResource resource, Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The application stops.
        }
#pragma warning disable CA1031 // One resource's trouble must not end the others; it is shown as its state.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            resource.Become(ResourceState.FailedToStart, exception.Message);
            Log.Broken(logger, resource.Name, exception);
        }
    }

    private Task StopAfterDependentsAsync(RunningResource resource, Dictionary<RunningResource, Task> stops)
    {
        if (stops.TryGetValue(resource, out var known))
        {
            return known;
        }

        var dependents = table.After(resource).Select(other => StopAfterDependentsAsync(other, stops)).ToArray();
        return stops[resource] = StopAsync();

        async Task StopAsync()
        {
            await Task.WhenAll(dependents);
            await Task.WhenAll(resource.Instances.Select(instance => instance.StopAsync()));
        }
    }

    private void RefuseContainers()
    {
        var containers = table.All.Where(resource => resource.Resource is ContainerResource).Select(resource => resource.Name).ToArray();
        if (containers.Length > 0)
        {
            throw new DistributedApplicationException(
                $"AspireLocal does not run containers, and {string.Join(", ", containers)} would need one. Build with the environment variable "
                + "UseAspire=true where the Aspire packages can be had, or choose a mode of the application without containers.");
        }
    }

    private void RefuseCircles()
    {
        var open = table.All.ToHashSet();
        while (open.RemoveWhere(resource => !table.Before(resource).Any(open.Contains)) > 0)
        {
            // Each round takes away what waits for nothing that is left.
        }

        if (open.Count > 0)
        {
            throw new DistributedApplicationException(
                $"These resources wait for each other in a circle: {string.Join(", ", open.Select(resource => resource.Name))}.");
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Resource} is ready")]
        public static partial void Ready(ILogger logger, string resource);

        [LoggerMessage(LogLevel.Error, "{Resource} cannot be run")]
        public static partial void Broken(ILogger logger, string resource, Exception exception);
    }
}
