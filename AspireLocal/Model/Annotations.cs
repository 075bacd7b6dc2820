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

internal sealed record VolumeAnnotation(string? Name, string Target, bool IsReadOnly) : IResourceAnnotation;

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
