using System.Text.RegularExpressions;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>What every resource has.</summary>
public abstract partial class Resource : IResource
{
    /// <summary>Makes a resource of that name.</summary>
    /// <param name="name">ASCII letters, digits and hyphens, a letter first, at most 64.</param>
    protected Resource(string name)
    {
        if (!ValidName().IsMatch(name))
        {
            throw new DistributedApplicationException(
                $"'{name}' is no name for a resource: use ASCII letters, digits and single hyphens, a letter first, at most 64 characters.");
        }

        Name = name;
    }

    /// <inheritdoc />
    public string Name { get; }

    /// <inheritdoc />
    public ResourceAnnotationCollection Annotations { get; } = [];

    [GeneratedRegex("^(?=.{1,64}$)[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*$")]
    private static partial Regex ValidName();
}

/// <summary>A .NET project that runs as a process of its own.</summary>
/// <param name="name">The name of the resource.</param>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource;

/// <summary>A program that is started with arguments.</summary>
/// <param name="name">The name of the resource.</param>
/// <param name="command">The program, looked up in <c>PATH</c>.</param>
/// <param name="workingDirectory">The folder that it starts in.</param>
public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport
{
    /// <summary>The program.</summary>
    public string Command { get; } = command;

    /// <summary>The folder that it starts in.</summary>
    public string WorkingDirectory { get; } = workingDirectory;
}

/// <summary>A container; AspireLocal describes it in a manifest and does not run it.</summary>
/// <param name="name">The name of the resource.</param>
public class ContainerResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport, IResourceWithProbes, IComputeResource
{
    /// <summary>What the container starts, where it is not what the image says.</summary>
    public string? Entrypoint { get; set; }
}
