namespace Aspire.Hosting.ApplicationModel;

/// <summary>What a callback that sets environment variables may use.</summary>
/// <param name="executionContext">Whether the application runs or is published.</param>
/// <param name="resource">The resource whose variables are set.</param>
/// <param name="environmentVariables">The variables so far; values are strings or values known later.</param>
/// <param name="cancellationToken">Ends the callback.</param>
public sealed class EnvironmentCallbackContext(
    DistributedApplicationExecutionContext executionContext,
    IResource resource,
    Dictionary<string, object> environmentVariables,
    CancellationToken cancellationToken)
{
    /// <summary>Whether the application runs or is published.</summary>
    public DistributedApplicationExecutionContext ExecutionContext { get; } = executionContext;

    /// <summary>The resource whose variables are set.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The variables so far; values are strings or values known later.</summary>
    public Dictionary<string, object> EnvironmentVariables { get; } = environmentVariables;

    /// <summary>Ends the callback.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;
}

/// <summary>How a resource's place in the list of annotations is chosen.</summary>
public enum ResourceAnnotationMutationBehavior
{
    /// <summary>Beside those of its kind.</summary>
    Append,

    /// <summary>Instead of those of its kind.</summary>
    Replace,
}

/// <summary>What is mounted into a container.</summary>
public enum ContainerMountType
{
    /// <summary>A folder of the machine.</summary>
    BindMount,

    /// <summary>A volume that the platform keeps.</summary>
    Volume,
}

/// <summary>Something that is mounted into a container.</summary>
/// <param name="source">The volume's name or the folder; null for a volume without a name.</param>
/// <param name="target">Where in the container.</param>
/// <param name="type">What it is.</param>
/// <param name="isReadOnly">Whether the container may only read it.</param>
public sealed class ContainerMountAnnotation(string? source, string target, ContainerMountType type, bool isReadOnly) : IResourceAnnotation
{
    /// <summary>The volume's name or the folder; null for a volume without a name.</summary>
    public string? Source { get; } = source;

    /// <summary>Where in the container.</summary>
    public string Target { get; } = target;

    /// <summary>What it is.</summary>
    public ContainerMountType Type { get; } = type;

    /// <summary>Whether the container may only read it.</summary>
    public bool IsReadOnly { get; } = isReadOnly;
}

/// <summary>What a platform wants to know of a resource.</summary>
public enum ProbeType
{
    /// <summary>Whether it has started.</summary>
    Startup,

    /// <summary>Whether it takes requests.</summary>
    Readiness,

    /// <summary>Whether it must be started again.</summary>
    Liveness,
}

/// <summary>A link that the dashboard shows for a resource.</summary>
public sealed class ResourceUrlAnnotation : IResourceAnnotation
{
    /// <summary>The address, which may be relative to the endpoint.</summary>
    public required string Url { get; set; }

    /// <summary>What the link says.</summary>
    public string? DisplayText { get; set; }
}

internal sealed record EnvironmentAnnotation(Func<EnvironmentCallbackContext, Task> Callback) : IResourceAnnotation;

internal sealed record ArgumentsAnnotation(IReadOnlyList<object> Arguments) : IResourceAnnotation;

internal sealed record WaitAnnotation(IResource Resource) : IResourceAnnotation;

internal sealed record ReplicaAnnotation(int Replicas) : IResourceAnnotation;

internal sealed record HealthCheckAnnotation(string Key) : IResourceAnnotation;

internal sealed record HttpHealthAnnotation(string Path, int StatusCode, string? EndpointName) : IResourceAnnotation;

internal sealed record ImageAnnotation(string Registry, string Image, string Tag) : IResourceAnnotation;

internal sealed record RuntimeArgumentsAnnotation(IReadOnlyList<string> Arguments) : IResourceAnnotation;

internal sealed record ProjectAnnotation(IProjectMetadata Metadata) : IResourceAnnotation;

internal sealed record EndpointUrlAnnotation(string EndpointName, Action<ResourceUrlAnnotation> Change) : IResourceAnnotation;

internal sealed record ReadyAnnotation(Func<ResourceReadyEvent, CancellationToken, Task> Callback) : IResourceAnnotation;

/// <summary>A connection string as the value of an environment variable.</summary>
internal sealed record ConnectionStringReference(IResourceWithConnectionString Resource)
    : IValueProvider, IManifestExpressionProvider, IValueWithReferences
{
    public string ValueExpression => $"{{{Resource.Name}.connectionString}}";

    public IEnumerable<object> References => [Resource];

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) =>
        Resource.GetValueAsync(cancellationToken);
}
