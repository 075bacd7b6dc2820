using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;
using Microsoft.Extensions.Configuration;

namespace Lyceum.AppHost.Publishing;

/// <summary>What a Kubernetes cluster has to be told beyond what runs there: what is kept, who gets a GPU, and where people come in.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="settings">The section <c>Publish</c>.</param>
internal sealed class KubernetesCluster(IResourceBuilder<KubernetesEnvironmentResource> cluster, IConfiguration settings)
{
    // docs/kernels.md.
    private static readonly string[] ForAccounts = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "SETGID", "SETUID"];

    // Any that no image uses for other files: it is an additional group of the pod's processes, and the volumes' own.
    private const long VolumeGroup = 2000;

    /// <summary>Keeps a volume that a workload mounts, as a claim; without, Kubernetes forgets it with the pod.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="volume">The volume's name.</param>
    /// <param name="content">What is in it, by which <c>Publish:Storage:{content}</c> may say how large it is.</param>
    /// <param name="capacity">How large it is otherwise.</param>
    /// <param name="isShared">Whether pods on several machines write to it.</param>
    public void Keep<T>(IResourceBuilder<T> workload, string volume, string content, string capacity, bool isShared = false)
        where T : IComputeResource
    {
        var claim = cluster.AddPersistentVolume(volume)
            .WithCapacity(settings[$"Storage:{content}"] ?? capacity)
            .WithAccessMode(isShared ? PersistentVolumeAccessMode.ReadWriteMany : PersistentVolumeAccessMode.ReadWriteOnce);
        if (settings["StorageClass"] is { Length: > 0 } storageClass)
        {
            claim.WithStorageClass(storageClass);
        }

        workload.WithPersistentVolume(claim).PublishAsKubernetesService(LetWriteToVolumes);
    }

    /// <summary>Places a workload on a machine with a GPU, of the kind that <c>Publish:GpuResource</c> names, which it has for itself.</summary>
    public void GiveGpu<T>(IResourceBuilder<T> workload)
        where T : IComputeResource =>
        ForEachContainer(workload, container => (container.Resources ??= new()).Limits[settings["GpuResource"] ?? "nvidia.com/gpu"] = "1");

    /// <summary>Lets a workload start programs under other accounts, for which it is root, with no more of root's rights than that takes.</summary>
    public static void LetTakeOnAccounts<T>(IResourceBuilder<T> workload)
        where T : IComputeResource =>
        ForEachContainer(workload, container =>
        {
            container.SecurityContext = new() { RunAsUser = 0, RunAsGroup = 0, Capabilities = new() };
            ForAccounts.ToList().ForEach(container.SecurityContext.Capabilities.Add.Add);
        });

    /// <summary>Has services asked how they are, keeps root's rights and the cluster's own API from them, and lets people in to the first of them.</summary>
    public void Open(IResourceBuilder<ProjectResource> gateway, params IResourceBuilder<ProjectResource>[] others)
    {
        foreach (var service in others.Prepend(gateway))
        {
            ForEachContainer(service, MendProbes);
            ForEachContainer(service, Confine);
            service.PublishAsKubernetesService(pods => pods.Workload!.PodTemplate.Spec.AutomountServiceAccountToken = false);
        }

        Expose(gateway.GetEndpoint("http"));
    }

    private static void ForEachContainer<T>(IResourceBuilder<T> workload, Action<ContainerV1> change)
        where T : IComputeResource => workload.PublishAsKubernetesService(service => service.Workload!.PodTemplate.Spec.Containers.ToList().ForEach(change));

    /// <summary>A new volume is root's, and services do not run as root.</summary>
    private static void LetWriteToVolumes(KubernetesResource service)
    {
        var security = service.Workload!.PodTemplate.Spec.SecurityContext ??= new();
        security.FsGroup ??= VolumeGroup;
        security.FsGroupChangePolicy ??= "OnRootMismatch";
    }

    private static void Confine(ContainerV1 container)
    {
        var security = container.SecurityContext ??= new();
        security.AllowPrivilegeEscalation = false;
        (security.Capabilities ??= new()).Drop.Add("ALL");
    }

    /// <summary>Aspire writes the scheme in small letters, which Kubernetes refuses: https://github.com/microsoft/aspire/issues/18271.</summary>
    private static void MendProbes(ContainerV1 container)
    {
        foreach (var probe in new[] { container.StartupProbe, container.LivenessProbe })
        {
            if (probe?.HttpGet is { } get)
            {
                get.Scheme = "HTTP";
            }
        }
    }

    /// <summary>Lets people in at <c>Publish:Host</c>, if there is one, by the certificate in the secret <c>Publish:TlsSecret</c>.</summary>
    private void Expose(EndpointReference endpoint)
    {
        if (settings["Host"] is not { Length: > 0 } host)
        {
            return;
        }

        // Sockets of notebooks and streams of answers stay open and are not held back; uploads are as large as Gateway allows.
        var ingress = cluster.AddIngress("ingress")
            .WithHostname(host)
            .WithPath(host, "/", endpoint)
            .WithIngressAnnotation("nginx.ingress.kubernetes.io/proxy-body-size", "32m")
            .WithIngressAnnotation("nginx.ingress.kubernetes.io/proxy-buffering", "off")
            .WithIngressAnnotation("nginx.ingress.kubernetes.io/proxy-read-timeout", "3600");
        if (settings["TlsSecret"] is { Length: > 0 } secret)
        {
            ingress.WithTls(secret);
        }
    }
}
