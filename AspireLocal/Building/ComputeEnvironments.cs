using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting
{
    /// <summary>Names places to publish to; publishing to them needs the Aspire packages.</summary>
    public static class ComputeEnvironmentExtensions
    {
        /// <summary>Names a Kubernetes cluster.</summary>
        /// <param name="builder">The application.</param>
        /// <param name="name">The name of the resource.</param>
        /// <returns>The cluster.</returns>
        public static IResourceBuilder<Kubernetes.KubernetesEnvironmentResource> AddKubernetesEnvironment(
            this IDistributedApplicationBuilder builder, string name) =>
            builder.AddResource(new Kubernetes.KubernetesEnvironmentResource(name));

        /// <summary>Names a Docker Compose project.</summary>
        /// <param name="builder">The application.</param>
        /// <param name="name">The name of the resource.</param>
        /// <returns>The project.</returns>
        public static IResourceBuilder<Docker.DockerComposeEnvironmentResource> AddDockerComposeEnvironment(
            this IDistributedApplicationBuilder builder, string name) =>
            builder.AddResource(new Docker.DockerComposeEnvironmentResource(name));

        /// <summary>Names an Azure Container Apps environment.</summary>
        /// <param name="builder">The application.</param>
        /// <param name="name">The name of the resource.</param>
        /// <returns>The environment.</returns>
        public static IResourceBuilder<Azure.AppContainers.AzureContainerAppEnvironmentResource> AddAzureContainerAppEnvironment(
            this IDistributedApplicationBuilder builder, string name) =>
            builder.AddResource(new Azure.AppContainers.AzureContainerAppEnvironmentResource(name));
    }
}

namespace Aspire.Hosting.Docker
{
    /// <summary>A Docker Compose project to publish to.</summary>
    /// <param name="name">The name of the resource.</param>
    public sealed class DockerComposeEnvironmentResource(string name) : Resource(name), IComputeEnvironmentResource;
}

namespace Aspire.Hosting.Azure.AppContainers
{
    /// <summary>An Azure Container Apps environment to publish to.</summary>
    /// <param name="name">The name of the resource.</param>
    public sealed class AzureContainerAppEnvironmentResource(string name) : Resource(name), IComputeEnvironmentResource;
}
