namespace Aspire.Hosting.ApplicationModel;

/// <summary>A resource has become ready.</summary>
/// <param name="resource">The resource.</param>
/// <param name="services">The AppHost's services.</param>
public sealed class ResourceReadyEvent(IResource resource, IServiceProvider services)
{
    /// <summary>The resource.</summary>
    public IResource Resource { get; } = resource;

    /// <summary>The AppHost's services.</summary>
    public IServiceProvider Services { get; } = services;
}
