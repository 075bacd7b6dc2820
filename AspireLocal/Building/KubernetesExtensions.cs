using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Kubernetes;

namespace Aspire.Hosting
{
    /// <summary>What can be said of a Kubernetes cluster. Publishing there needs the Aspire packages, so none of it is kept here.</summary>
    public static class KubernetesExtensions
    {
        /// <summary>Claims a volume.</summary>
        /// <param name="builder">The cluster.</param>
        /// <param name="name">The claim's name.</param>
        /// <returns>Says more about the claim.</returns>
        public static IResourceBuilder<KubernetesPersistentVolumeResource> AddPersistentVolume(
            this IResourceBuilder<KubernetesEnvironmentResource> builder, string name) =>
            new ResourceBuilder<KubernetesPersistentVolumeResource>(builder.ApplicationBuilder, new KubernetesPersistentVolumeResource(name));

        /// <summary>Says how large the volume is.</summary>
        /// <param name="builder">The claim.</param>
        /// <param name="capacity">A quantity such as <c>10Gi</c>.</param>
        /// <returns>This.</returns>
        public static IResourceBuilder<KubernetesPersistentVolumeResource> WithCapacity(
            this IResourceBuilder<KubernetesPersistentVolumeResource> builder, string capacity) => builder;

        /// <summary>Says who may mount the volume.</summary>
        /// <param name="builder">The claim.</param>
        /// <param name="accessMode">Who may.</param>
        /// <returns>This.</returns>
        public static IResourceBuilder<KubernetesPersistentVolumeResource> WithAccessMode(
            this IResourceBuilder<KubernetesPersistentVolumeResource> builder, PersistentVolumeAccessMode accessMode) => builder;

        /// <summary>Says what kind of storage it is.</summary>
        /// <param name="builder">The claim.</param>
        /// <param name="storageClassName">The cluster's name for it.</param>
        /// <returns>This.</returns>
        public static IResourceBuilder<KubernetesPersistentVolumeResource> WithStorageClass(
            this IResourceBuilder<KubernetesPersistentVolumeResource> builder, string storageClassName) => builder;

        /// <summary>Puts the claim behind the volume of the same name.</summary>
        /// <typeparam name="T">The kind of workload.</typeparam>
        /// <param name="builder">The workload.</param>
        /// <param name="volume">The claim.</param>
        /// <returns>This.</returns>
        public static IResourceBuilder<T> WithPersistentVolume<T>(
            this IResourceBuilder<T> builder, IResourceBuilder<KubernetesPersistentVolumeResource> volume)
            where T : IComputeResource => builder;

        /// <summary>Changes what is written for a workload.</summary>
        /// <typeparam name="T">The kind of workload.</typeparam>
        /// <param name="builder">The workload.</param>
        /// <param name="configure">Changes it.</param>
        /// <returns>This.</returns>
        public static IResourceBuilder<T> PublishAsKubernetesService<T>(this IResourceBuilder<T> builder, Action<KubernetesResource> configure)
            where T : IComputeResource => builder;

        /// <summary>Adds an ingress.</summary>
        /// <param name="builder">The cluster.</param>
        /// <param name="name">The ingress's name.</param>
        /// <returns>Says more about the ingress.</returns>
        public static IResourceBuilder<KubernetesIngressResource> AddIngress(this IResourceBuilder<KubernetesEnvironmentResource> builder, string name) =>
            new ResourceBuilder<KubernetesIngressResource>(builder.ApplicationBuilder, new KubernetesIngressResource(name));

        /// <summary>Says by which name the ingress is reached.</summary>
        /// <param name="builder">The ingress.</param>
        /// <param name="hostname">The name.</param>
        /// <returns>This.</returns>
        public static IResourceBuilder<KubernetesIngressResource> WithHostname(this IResourceBuilder<KubernetesIngressResource> builder, string hostname) => builder;

        /// <summary>Says what is behind a path.</summary>
        /// <param name="builder">The ingress.</param>
        /// <param name="host">By which name the ingress is asked for it.</param>
        /// <param name="path">The path and all below it.</param>
        /// <param name="endpoint">What is behind it.</param>
        /// <returns>This.</returns>
        public static IResourceBuilder<KubernetesIngressResource> WithPath(
            this IResourceBuilder<KubernetesIngressResource> builder, string host, string path, EndpointReference endpoint) => builder;

        /// <summary>Says something to the ingress's controller.</summary>
        /// <param name="builder">The ingress.</param>
        /// <param name="key">What.</param>
        /// <param name="value">Its value.</param>
        /// <returns>This.</returns>
        public static IResourceBuilder<KubernetesIngressResource> WithIngressAnnotation(
            this IResourceBuilder<KubernetesIngressResource> builder, string key, string value) => builder;

        /// <summary>Says which certificate the ingress has.</summary>
        /// <param name="builder">The ingress.</param>
        /// <param name="secretName">The secret that holds it.</param>
        /// <returns>This.</returns>
        public static IResourceBuilder<KubernetesIngressResource> WithTls(this IResourceBuilder<KubernetesIngressResource> builder, string secretName) => builder;
    }
}

namespace Aspire.Hosting.Kubernetes
{
    /// <summary>A Kubernetes cluster to publish to.</summary>
    /// <param name="name">The name of the resource.</param>
    public sealed class KubernetesEnvironmentResource(string name) : Resource(name), IComputeEnvironmentResource;

    /// <summary>A claim for a volume.</summary>
    /// <param name="name">The claim's name.</param>
    public sealed class KubernetesPersistentVolumeResource(string name) : Resource(name);

    /// <summary>Who may mount a volume.</summary>
    public enum PersistentVolumeAccessMode
    {
        /// <summary>One machine, to read and write.</summary>
        ReadWriteOnce,

        /// <summary>Many machines, to read.</summary>
        ReadOnlyMany,

        /// <summary>Many machines, to read and write.</summary>
        ReadWriteMany,
    }

    /// <summary>A way in from outside the cluster.</summary>
    /// <param name="name">The ingress's name.</param>
    public sealed class KubernetesIngressResource(string name) : Resource(name);

    /// <summary>What is written for a workload.</summary>
    public sealed class KubernetesResource
    {
        /// <summary>The deployment or stateful set.</summary>
        public Resources.Workload? Workload { get; set; }
    }
}

namespace Aspire.Hosting.Kubernetes.Resources
{
    /// <summary>A deployment or stateful set.</summary>
    public sealed class Workload
    {
        /// <summary>What its pods are like.</summary>
        public PodTemplateSpecV1 PodTemplate { get; } = new();
    }

    /// <summary>What pods are like.</summary>
    public sealed class PodTemplateSpecV1
    {
        /// <summary>What is in them.</summary>
        public PodSpecV1 Spec { get; } = new();
    }

    /// <summary>What is in a pod.</summary>
    public sealed class PodSpecV1
    {
        /// <summary>The containers.</summary>
        public IList<ContainerV1> Containers { get; } = [];

        /// <summary>As whom they run.</summary>
        public PodSecurityContextV1? SecurityContext { get; set; }

        /// <summary>Whether they are handed a token for the cluster's own API.</summary>
        public bool? AutomountServiceAccountToken { get; set; }
    }

    /// <summary>As whom a pod's containers run.</summary>
    public sealed class PodSecurityContextV1
    {
        /// <summary>The additional group of all processes, to which volumes are given.</summary>
        public long? FsGroup { get; set; }

        /// <summary>When volumes are given to it: <c>Always</c> or <c>OnRootMismatch</c>.</summary>
        public string? FsGroupChangePolicy { get; set; }
    }

    /// <summary>A container of a pod.</summary>
    public sealed class ContainerV1
    {
        /// <summary>What it needs of the machine.</summary>
        public ResourceRequirementsV1? Resources { get; set; }

        /// <summary>How the cluster asks whether it has started.</summary>
        public ProbeV1? StartupProbe { get; set; }

        /// <summary>How the cluster asks whether it must be started again.</summary>
        public ProbeV1? LivenessProbe { get; set; }

        /// <summary>What it may do.</summary>
        public SecurityContextV1? SecurityContext { get; set; }
    }

    /// <summary>What a container may do.</summary>
    public sealed class SecurityContextV1
    {
        /// <summary>Whether its processes may get more rights than they start with.</summary>
        public bool? AllowPrivilegeEscalation { get; set; }

        /// <summary>The account that it runs as, where not the image's.</summary>
        public long? RunAsUser { get; set; }

        /// <summary>The group that it runs as, where not the image's.</summary>
        public long? RunAsGroup { get; set; }

        /// <summary>Parts of root's rights.</summary>
        public CapabilitiesV1? Capabilities { get; set; }
    }

    /// <summary>Parts of root's rights, as in <c>capabilities(7)</c> without <c>CAP_</c>.</summary>
    public sealed class CapabilitiesV1
    {
        /// <summary>Those that it has.</summary>
        public IList<string> Add { get; } = [];

        /// <summary>Those that are taken from it.</summary>
        public IList<string> Drop { get; } = [];
    }

    /// <summary>How the cluster asks a container how it is.</summary>
    public sealed class ProbeV1
    {
        /// <summary>By HTTP.</summary>
        public HttpGetActionV1? HttpGet { get; set; }
    }

    /// <summary>A GET that a probe sends.</summary>
    public sealed class HttpGetActionV1
    {
        /// <summary><c>HTTP</c> or <c>HTTPS</c>.</summary>
        public string? Scheme { get; set; }
    }

    /// <summary>What a container needs of the machine.</summary>
    public sealed class ResourceRequirementsV1
    {
        /// <summary>The most that it gets, by the kind of resource.</summary>
        public IDictionary<string, string> Limits { get; } = new Dictionary<string, string>();
    }
}
