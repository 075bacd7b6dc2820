using System.ComponentModel;
using Lyceum.KernelService.Accounts;
using Lyceum.KernelService.Assistant;
using Lyceum.KernelService.Channels;
using Lyceum.KernelService.Outliving;
using Lyceum.KernelService.WarmKernels;
using Lyceum.Messaging;
using Lyceum.NotebookAssistant;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// A kernel as its clients know it: one id, one set of clients, through all the processes that it takes to keep it alive.
/// </summary>
internal sealed class Kernel(
    KernelLaunch launch,
    KernelOwner owner,
    KernelTraffic traffic,
    KernelLifecycle life,
    TimeProvider time) : IAssistedKernel, IAsyncDisposable
{
    public string Id => launch.KernelId;

    public string SpecName => launch.Spec.Name;

    /// <summary>As its kernelspec names it.</summary>
    public string Language => launch.Spec.File.Language;

    public CallerIdentity Owner => owner.Caller;

    /// <summary>The operating system's account that it runs under; null for the service's own.</summary>
    public UserAccount? Account => launch.Account;

    public KernelClients Clients => traffic.Clients;

    public KernelActivity Activity => traffic.Activity;

    public ChannelAssistant Assistant => traffic.Assistant;

    public bool IsIdle => Activity.State == KernelActivity.Idle;

    /// <summary>Ends when the kernel is deleted, and with it the connections to it.</summary>
    public CancellationToken ShutDown => life.ShutDown;

    /// <summary>Takes over a process that is warm, if there is one and it can be had, or starts one, which becomes ready by itself.</summary>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public Task StartAsync(WarmKernel? warm, CancellationToken cancellationToken) => life.StartAsync(warm, cancellationToken);

    /// <summary>Goes on with a process that an earlier process of the service started.</summary>
    public Task<bool> TryAdoptAsync(KeptKernel kept, CancellationToken cancellationToken) => life.TryAdoptAsync(kept, cancellationToken);

    /// <summary>Closes the connections to clients and to the kernel, which goes on without this process.</summary>
    public Task LetGoAsync() => life.LetGoAsync();

    /// <summary>Ends the process and starts another, and waits until that is ready.</summary>
    /// <exception cref="KernelNotReadyException">It does not become ready.</exception>
    public Task RestartAsync(CancellationToken cancellationToken) => life.RestartAsync(cancellationToken);

    /// <summary>Passes a client's message on; waits while the kernel starts or restarts. To a kernel that is dead it goes nowhere, as clients expect.</summary>
    public async ValueTask SendAsync(KernelClient client, KernelChannel channel, JupyterMessage message, CancellationToken cancellationToken)
    {
        var isObserved = false;
        while (channel != KernelChannel.Iopub && await life.Current.WaitAsync(cancellationToken) is { } current)
        {
            if (!isObserved && !traffic.IsForKernel(this, client, channel, message))
            {
                return;
            }

            isObserved = true;
            try
            {
                await current.SendAsync(channel, message, cancellationToken);
                return;
            }
            catch (ZmtpException)
            {
                // It is gone; its clients are told so on iopub.
                return;
            }
            catch (KernelNotReadyException)
            {
                // That process never took a message, so the next one has to, if there is one.
                await Task.Delay(DeathCount.ShortestPause, time, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Sends a request of the service's own on shell and waits for its reply, which no client sees; null when the kernel has
    /// other things to do or has gone.
    /// </summary>
    public async Task<JupyterMessage?> AskAsync(
        string type, ReadOnlyMemory<byte> content, Action<JupyterMessage>? published, CancellationToken cancellationToken)
    {
        if (life.Current.Value is not { } current || !IsIdle)
        {
            return null;
        }

        try
        {
            return await current.AskAsync(type, content, published, cancellationToken);
        }
        catch (Exception exception) when (exception is ZmtpException or KernelNotReadyException)
        {
            return null;
        }
    }

    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        await InterruptCodeAsync(cancellationToken);

        // Afterwards: the next question to the assistant asks the kernel, which the interrupt must not hit.
        traffic.Interrupt();
    }

    public void Touch() => Activity.Touch();

    /// <summary>Has the kernel go on at other sockets; null when it has other things to do, has gone, or does not come to it.</summary>
    public Task<JupyterMessage?> MoveAsync(KernelMove move, CancellationToken cancellationToken) => life.MoveAsync(move, cancellationToken);

    /// <summary>Interrupts what the kernel executes and not what the assistant answers.</summary>
    public async Task InterruptCodeAsync(CancellationToken cancellationToken)
    {
        if (life.Current.Value is { } current && Activity.State != KernelActivity.Dead)
        {
            await current.InterruptAsync(cancellationToken);
        }
    }

    public async ValueTask DisposeAsync() => await life.EndAsync();

    public KernelModel ToModel() => new(Id, SpecName, Activity.LastActivityText, Activity.State, Clients.Connected);
}
