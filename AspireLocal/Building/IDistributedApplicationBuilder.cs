using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>Collects the resources of an application.</summary>
public interface IDistributedApplicationBuilder
{
    /// <summary>The AppHost's configuration.</summary>
    ConfigurationManager Configuration { get; }

    /// <summary>The folder of the AppHost project.</summary>
    string AppHostDirectory { get; }

    /// <summary>The environment that the AppHost runs in.</summary>
    IHostEnvironment Environment { get; }

    /// <summary>The AppHost's services.</summary>
    IServiceCollection Services { get; }

    /// <summary>Whether the application runs or is published.</summary>
    DistributedApplicationExecutionContext ExecutionContext { get; }

    /// <summary>The resources so far.</summary>
    IReadOnlyList<IResource> Resources { get; }

    /// <summary>Adds a resource.</summary>
    /// <typeparam name="T">Its kind.</typeparam>
    /// <param name="resource">The resource; its name must be new.</param>
    /// <returns>Says more about it.</returns>
    IResourceBuilder<T> AddResource<T>(T resource)
        where T : IResource;

    /// <summary>Says more about a resource that has been added.</summary>
    /// <typeparam name="T">Its kind.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <returns>Says more about it.</returns>
    IResourceBuilder<T> CreateResourceBuilder<T>(T resource)
        where T : IResource;

    /// <summary>Ends the collection.</summary>
    /// <returns>The application.</returns>
    DistributedApplication Build();
}

/// <summary>Whether an application runs or is published.</summary>
public enum DistributedApplicationOperation
{
    /// <summary>It runs here.</summary>
    Run,

    /// <summary>It is described for another place.</summary>
    Publish,
}

/// <summary>What the AppHost has been asked to do.</summary>
/// <param name="operation">Run or publish.</param>
public sealed class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    /// <summary>Run or publish.</summary>
    public DistributedApplicationOperation Operation { get; } = operation;

    /// <summary>Whether the application runs here.</summary>
    public bool IsRunMode => Operation == DistributedApplicationOperation.Run;

    /// <summary>Whether the application is described for another place.</summary>
    public bool IsPublishMode => Operation == DistributedApplicationOperation.Publish;
}

/// <summary>The AppHost was asked for something that cannot be done; the message says what to do.</summary>
public sealed class DistributedApplicationException : Exception
{
    /// <summary>Nothing more is known.</summary>
    public DistributedApplicationException()
    {
    }

    /// <summary>Says what was asked and what to do.</summary>
    /// <param name="message">What was asked and what to do.</param>
    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    /// <summary>Says what was asked and what to do.</summary>
    /// <param name="message">What was asked and what to do.</param>
    /// <param name="innerException">Where it came from.</param>
    public DistributedApplicationException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>A resource that other resources find by its name.</summary>
public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

/// <summary>Where a referenced project is.</summary>
public interface IProjectMetadata : IResourceAnnotation
{
    /// <summary>The absolute path of the project file.</summary>
    string ProjectPath { get; }

    /// <summary>The program that the project builds, where the build has said it.</summary>
    string? TargetPath => null;
}
