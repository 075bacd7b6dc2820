using Lyceum.KernelService.Assistant;
using Lyceum.KernelService.Channels;
using Lyceum.KernelService.Executions;
using Lyceum.NotebookAssistant;
using Lyceum.ServiceDefaults.LearningEvents;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Kernels;

/// <summary>Puts a kernel together with its clients and those who take note of what passes between them.</summary>
internal sealed class KernelFactory(
    KernelLauncher launcher,
    NotebookPaths notebooks,
    ServiceMessages messages,
    LearningEventSender events,
    Assistants assistants,
    IOptions<KernelsOptions> options,
    IOptions<ChannelsOptions> channels,
    TimeProvider time,
    ILoggerFactory loggers)
{
    private readonly ILogger<Kernel> _logger = loggers.CreateLogger<Kernel>();

    /// <summary>A kernel that has not started.</summary>
    public Kernel Make(KernelLaunch launch, KernelOwner owner)
    {
        var clients = new KernelClients(channels.Value, messages, time);
        var (id, language) = (launch.KernelId, launch.Spec.File.Language);
        notebooks.Remember(id, owner.Notebook);
        var recent = new RecentCells();
        var observer = new ExecutionObserver(language, () => notebooks.Of(id), recent, events, time, loggers.CreateLogger<ExecutionObserver>());
        var assistant = assistants.For(language, () => notebooks.Of(id), clients, recent);
        var traffic = new KernelTraffic(new KernelActivity(time), clients, observer, assistant);
        var life = new KernelLifecycle(launch, owner, launcher, options.Value, traffic, time, _logger);
        return new Kernel(launch, owner, traffic, life, time);
    }
}
