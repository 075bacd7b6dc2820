using System.ComponentModel;
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
internal sealed partial class Kernel(
    KernelLaunch launch,
    KernelOwner owner,
    KernelLauncher launcher,
    KernelsOptions options,
    KernelTraffic traffic,
    TimeProvider time,
    ILogger<Kernel> logger) : IAssistedKernel, IAsyncDisposable
{
    private const int MaxDoublings = 6;
    private static readonly TimeSpan RestartDelay = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim _lifecycle = new(1, 1);
    private readonly CancellationTokenSource _shutDown = new();

    // While the kernel restarts there is a run to wait for; once it is dead, none.
    private TaskCompletionSource<KernelRun?> _next = NewPromise();
    private KernelRun? _run;
    private int _deaths;

    public string Id => launch.KernelId;

    public string SpecName => launch.Spec.Name;

    /// <summary>As its kernelspec names it.</summary>
    public string Language => launch.Spec.File.Language;

    public CallerIdentity Owner => owner.Caller;

    public KernelClients Clients => traffic.Clients;

    public KernelActivity Activity => traffic.Activity;

    public ChannelAssistant Assistant => traffic.Assistant;

    public bool IsIdle => Activity.State == KernelActivity.Idle;

    /// <summary>Ends when the kernel is deleted, and with it the connections to it.</summary>
    public CancellationToken ShutDown => _shutDown.Token;

    /// <summary>Takes over a process that is warm, if there is one and it can be had, or starts one, which becomes ready by itself.</summary>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public async Task StartAsync(WarmKernel? warm, CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken);
        try
        {
            await RunAsync(warm, cancellationToken);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Goes on with a process that an earlier process of the service started.</summary>
    public async Task<bool> TryAdoptAsync(KeptKernel kept, CancellationToken cancellationToken)
    {
        await _lifecycle.WaitAsync(cancellationToken);
        try
        {
            Activity.GuessBusy();
            if (await launcher.TryAdoptAsync(kept, traffic.FromKernel, cancellationToken) is not { } run)
            {
                return false;
            }

            KernelLog.Adopted(logger, Id, SpecName, run.ProcessId);
            Begin(run);
            return true;
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Closes the connections to clients and to the kernel, which goes on without this process.</summary>
    public async Task LetGoAsync()
    {
        await _shutDown.CancelAsync();
        await _lifecycle.WaitAsync();
        try
        {
            if (_run is { } current)
            {
                Await();
                await current.LetGoAsync();
            }
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    /// <summary>Passes a client's message on; waits while the kernel starts or restarts. To a kernel that is dead it goes nowhere, as clients expect.</summary>
    public async ValueTask SendAsync(KernelClient client, KernelChannel channel, JupyterMessage message, CancellationToken cancellationToken)
    {
        var isObserved = false;
        while (channel != KernelChannel.Iopub && await _next.Task.WaitAsync(cancellationToken) is { } current)
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
                await Task.Delay(RestartDelay, time, cancellationToken);
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
        if (_run is not { } current || !IsIdle)
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

    /// <summary>Interrupts what the kernel executes and not what the assistant answers.</summary>
    public async Task InterruptCodeAsync(CancellationToken cancellationToken)
    {
        if (_run is { } current && Activity.State != KernelActivity.Dead)
        {
            await current.InterruptAsync(cancellationToken);
        }
    }

    /// <summary>Ends the process and starts another, and waits until that is ready.</summary>
    /// <exception cref="KernelNotReadyException">It does not become ready.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        KernelRun next;
        await _lifecycle.WaitAsync(cancellationToken);
        try
        {
            Activity.Set(KernelActivity.Restarting);
            await EndRunAsync(restart: true);
            _deaths = 0;
            next = await RunAsync(warm: null, CancellationToken.None);
        }
        finally
        {
            _lifecycle.Release();
        }

        await next.Ready.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _shutDown.CancelAsync();
        await _lifecycle.WaitAsync();
        try
        {
            Activity.Set(KernelActivity.Dead);
            await EndRunAsync(restart: false);
            KernelLog.ShutDown(logger, Id);
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    public KernelModel ToModel() => new(Id, SpecName, Activity.LastActivityText, Activity.State, Clients.Connected);

    private static TaskCompletionSource<KernelRun?> NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The run is over: what clients send waits for the next.</summary>
    private void Await()
    {
        _run = null;
        _next = NewPromise();
    }

    private async Task<KernelRun> RunAsync(WarmKernel? warm, CancellationToken cancellationToken)
    {
        _shutDown.Token.ThrowIfCancellationRequested();
        if (Activity.State != KernelActivity.Restarting)
        {
            Activity.Set(KernelActivity.Starting);
        }

        var next = warm is null ? null : await warm.TryHandOverAsync(launch, traffic.FromKernel, cancellationToken);
        if (next is null)
        {
            next = await launcher.StartAsync(launch, owner, traffic.FromKernel, cancellationToken);
        }
        else
        {
            launcher.Keep(launch, next.ProcessId, owner);
        }

        Begin(next);
        return next;
    }

    private void Begin(KernelRun next)
    {
        _run = next;
        if (_next.Task.IsCompleted)
        {
            _next = NewPromise();
        }

        _next.SetResult(next);
        _ = MarkReadyAsync(next);
        _ = WatchAsync(next);
    }

    private async Task EndRunAsync(bool restart)
    {
        if (_run is { } current)
        {
            Await();
            await current.StopAsync(restart);
            await current.DisposeAsync();
            traffic.Ended(byItself: false);
        }
    }

    private async Task MarkReadyAsync(KernelRun current)
    {
        try
        {
            await current.Ready;
            if (current.IsAdopted)
            {
                await current.AskAsync("kernel_info_request", default, published: null, _shutDown.Token);
            }

            if (_run == current)
            {
                Activity.Ready();
            }
        }
        catch (Exception exception) when (exception is KernelNotReadyException or ZmtpException or OperationCanceledException)
        {
            // Its process ends with it, which WatchAsync sees; or this one does.
        }
    }

    private async Task WatchAsync(KernelRun current)
    {
        var exitCode = await current.Ended;
        await _lifecycle.WaitAsync();
        try
        {
            if (_run == current && !current.IsStopping)
            {
                Await();
                traffic.Ended(byItself: true);
                KernelLog.Tail(logger, Id, current.Tail);

                // Before the next run starts: both write their connection file to the same place.
                await current.DisposeAsync();
                await RecoverAsync(current, exitCode);
            }
        }
        catch (OperationCanceledException)
        {
            // Deleted while it was about to start again.
        }
        finally
        {
            _lifecycle.Release();
        }
    }

    private async Task RecoverAsync(KernelRun ended, int exitCode)
    {
        _deaths = ended.Lasted > options.StableAfter ? 1 : _deaths + 1;
        if (ended.TimedOut || _deaths > options.MaxRestarts)
        {
            Die(ended.TimedOut ? $"it did not answer within {options.StartTimeout}" : $"it ended {_deaths} times in a row, last with exit code {exitCode}");
            return;
        }

        KernelLog.Died(logger, Id, exitCode, _deaths, options.MaxRestarts);
        traffic.Announce(KernelActivity.Restarting);
        if (_deaths > 1)
        {
            await Task.Delay(RestartDelay * Math.Pow(2, Math.Min(_deaths - 1, MaxDoublings)), time, _shutDown.Token);
        }

        try
        {
            await RunAsync(warm: null, _shutDown.Token);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            Die(exception.Message);
        }
    }

    private void Die(string reason)
    {
        KernelLog.Dead(logger, Id, reason);
        traffic.Announce(KernelActivity.Dead);
        _next.TrySetResult(null);
    }
}
