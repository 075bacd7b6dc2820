using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Adds containers.</summary>
public static class ContainerResourceBuilderExtensions
{
    /// <summary>Adds a container.</summary>
    /// <param name="builder">The application.</param>
    /// <param name="name">The name of the resource.</param>
    /// <param name="image">The image, of Docker Hub where it names no registry.</param>
    /// <param name="tag">The version of the image.</param>
    /// <returns>Says more about the container.</returns>
    public static IResourceBuilder<ContainerResource> AddContainer(
        this IDistributedApplicationBuilder builder, string name, string image, string tag)
    {
        var slash = image.IndexOf('/', StringComparison.Ordinal);
        var namesRegistry = slash > 0 && image[..slash].AsSpan().IndexOfAny('.', ':') >= 0;
        return builder.AddResource(new ContainerResource(name)).WithAnnotation(namesRegistry
            ? new ImageAnnotation(image[..slash], image[(slash + 1)..], tag)
            : new ImageAnnotation("docker.io", image, tag));
    }

    /// <summary>Mounts a volume.</summary>
    /// <typeparam name="T">The kind of container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="name">The name of the volume; null for one without.</param>
    /// <param name="target">Where in the container.</param>
    /// <param name="isReadOnly">Whether the container may only read it.</param>
    /// <returns>This.</returns>
    public static IResourceBuilder<T> WithVolume<T>(
        this IResourceBuilder<T> builder, string? name, string target, bool isReadOnly = false)
        where T : ContainerResource => builder.WithAnnotation(new ContainerMountAnnotation(name, target, ContainerMountType.Volume, isReadOnly));

    /// <summary>Adds arguments for the container runtime.</summary>
    /// <typeparam name="T">The kind of container.</typeparam>
    /// <param name="builder">The container.</param>
    /// <param name="args">The arguments.</param>
    /// <returns>This.</returns>
    public static IResourceBuilder<T> WithContainerRuntimeArgs<T>(this IResourceBuilder<T> builder, params string[] args)
        where T : ContainerResource => builder.WithAnnotation(new RuntimeArgumentsAnnotation(args));
}
