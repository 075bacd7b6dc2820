using System.Collections.Frozen;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Options;

namespace Lyceum.AspireLocal.Running;

/// <summary>The resources of the application while it runs, by name.</summary>
internal sealed class ResourceTable
{
    private readonly FrozenDictionary<string, RunningResource> _byName;

    public ResourceTable(IReadOnlyList<IResource> resources, IOptions<RunOptions> options, TimeProvider time)
    {
        All = [.. resources.Select(resource => new RunningResource(resource, new ConsoleLog(options.Value.ConsoleLines, time)))];
        _byName = All.ToFrozenDictionary(resource => resource.Name);
    }

    public IReadOnlyList<RunningResource> All { get; }

    public IEnumerable<RunningResource> Processes =>
        All.Where(resource => resource.Resource is ProjectResource or ExecutableResource);

    public RunningResource? Find(string name) => _byName.GetValueOrDefault(name);

    public RunningResource this[IResource resource] => _byName[resource.Name];

    /// <summary>The resources that have to be ready before this one starts.</summary>
    public IEnumerable<RunningResource> Before(RunningResource resource) =>
        resource.Resource.Annotations.OfType<WaitAnnotation>().Select(wait => this[wait.Resource]);

    /// <summary>The resources that wait for this one.</summary>
    public IEnumerable<RunningResource> After(RunningResource resource) =>
        All.Where(other => Before(other).Contains(resource));
}
