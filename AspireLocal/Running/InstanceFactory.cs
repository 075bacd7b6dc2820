using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Lyceum.AspireLocal.Dashboard;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lyceum.AspireLocal.Running;

/// <summary>Makes the processes of each resource, with their ports and their environment.</summary>
internal sealed class InstanceFactory(
    ResourceTable table,
    Reaper reaper,
    DashboardServer dashboard,
    DistributedApplicationExecutionContext execution,
    IOptions<RunOptions> options,
    TimeProvider time,
    ILogger<ProcessInstance> logger)
{
    private readonly Dictionary<(RunningResource Resource, string Endpoint), int[]> _targets = [];

    public void GiveOutPorts(PortAllocation ports)
    {
        foreach (var resource in table.Processes)
        {
            foreach (var endpoint in resource.Resource.Annotations.OfType<EndpointAnnotation>())
            {
                var callers = ports.For(resource.Resource, endpoint);
                _targets[(resource, endpoint.Name)] = Replicas(resource) == 1
                    ? [endpoint.TargetPort ?? callers]
                    : [.. Enumerable.Range(0, Replicas(resource)).Select(_ => ports.Free())];
            }
        }
    }

    /// <summary>What has to stand between callers and processes, because their ports differ.</summary>
    public IEnumerable<ReplicaFront> FrontsOf(RunningResource resource) =>
        from endpoint in resource.Resource.Annotations.OfType<EndpointAnnotation>()
        let callers = endpoint.AllocatedEndpoint!.Port
        where _targets[(resource, endpoint.Name)] is not [var only] || only != callers
        select new ReplicaFront(callers, resource);

    public async Task PrepareAsync(RunningResource resource, CancellationToken cancellationToken)
    {
        var instances = new List<ProcessInstance>();
        var replicas = Replicas(resource);
        for (var i = 0; i < replicas; i++)
        {
            var name = replicas == 1 ? resource.Name : $"{resource.Name}-{i + 1}";
            var plan = LaunchPlan.Of(resource.Resource, await VariablesAsync(resource, i, cancellationToken));
            instances.Add(new ProcessInstance(
                name, PortOf(resource, i), plan, resource.Console, reaper, options.Value, time, logger));
        }

        resource.Links = [.. LinksOf(resource.Resource)];
        resource.Instances = instances;
    }

    private static int Replicas(RunningResource resource) =>
        resource.Resource.Annotations.OfType<ReplicaAnnotation>().LastOrDefault()?.Replicas ?? 1;

    private static IEnumerable<Link> LinksOf(IResource resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var address = endpoint.AllocatedEndpoint!.UriString;
            var url = new ResourceUrlAnnotation { Url = address };
            foreach (var change in resource.Annotations.OfType<EndpointUrlAnnotation>().Where(change => change.EndpointName == endpoint.Name))
            {
                change.Change(url);
            }

            var whole = url.Url.StartsWith('/') ? address + url.Url : url.Url;
            yield return new Link(url.DisplayText ?? address, whole);
        }
    }

    private int? PortOf(RunningResource resource, int replica)
    {
        var endpoints = resource.Resource.Annotations.OfType<EndpointAnnotation>().ToArray();
        var first = endpoints.FirstOrDefault(endpoint => endpoint.UriScheme == "http") ?? endpoints.FirstOrDefault();
        return first is null ? null : _targets[(resource, first.Name)][replica];
    }

    private async Task<IReadOnlyList<Variable>> VariablesAsync(RunningResource resource, int replica, CancellationToken cancellationToken)
    {
        var declared = await EnvironmentVariables.OfAsync(resource.Resource, execution, cancellationToken);
        var variables = new List<Variable>();
        if (resource.Resource is ProjectResource)
        {
            variables.AddRange(
            [
                new Variable("OTEL_EXPORTER_OTLP_ENDPOINT", dashboard.Url, IsSecret: false),
                new Variable("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", IsSecret: false),
                new Variable("OTEL_EXPORTER_OTLP_HEADERS", $"x-otlp-api-key={dashboard.OtlpKey}", IsSecret: true),
                new Variable("OTEL_SERVICE_NAME", resource.Name, IsSecret: false),
                new Variable("OTEL_RESOURCE_ATTRIBUTES", $"service.instance.id={RandomNumberGenerator.GetString("abcdefghijkmnpqrstuvwxyz", 8)}", IsSecret: false),
            ]);
        }

        foreach (var (name, value) in declared)
        {
            variables.Add(new Variable(name, await ResolveAsync(value) ?? "", EnvironmentVariables.IsSecret(value)));
        }

        return variables;

        async ValueTask<string?> ResolveAsync(object value) => value switch
        {
            string text => text,
            EndpointReferenceExpression { Property: EndpointProperty.TargetPort, Endpoint: var endpoint } when endpoint.Resource == resource.Resource =>
                _targets[(resource, endpoint.EndpointName)][replica].ToString(System.Globalization.CultureInfo.InvariantCulture),
            ReferenceExpression expression => await expression.ResolveAsync(ResolveAsync),
            IValueProvider provider => await provider.GetValueAsync(cancellationToken),
            _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
        };
    }
}
