using System.ComponentModel;
using Lyceum.KernelService.Outliving;
using Lyceum.KernelService.WarmKernels;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>Starts, watches, restarts and ends the processes that a kernel is, one after the other.</summary>
internal sealed partial class KernelLifecycle(
    KernelLaunch launch,
    KernelOwner owner,
    KernelLauncher launcher,
    KernelsOptions options,
    KernelTraffic traffic,
    TimeProvider time,
    ILogger<Kernel> logger)
{
    // One thing at a time happens to the process.
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CancellationTokenSource _shutDown = new();
    private readonly DeathCount _deaths = new(options);

    public CurrentRun Current { get; } = new();

    /// <summary>Ends when the kernel is deleted, or let go.</summary>
    public CancellationToken ShutDown => _shutDown.Token;

    /// <summary>Takes over a process that is warm, if there is one and it can be had, or starts one, which becomes ready by itself.</summary>
    /// <exception cref="Win32Exception">The program cannot be started.</exception>
    public async Task StartAsync(WarmKernel? warm, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await RunAsync(warm, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Goes on with a process that an earlier process of the service started.</summary>
    public async Task<bool> TryAdoptAsync(KeptKernel kept, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            traffic.Activity.GuessBusy();
            if (await launcher.TryAdoptAsync(kept, traffic.FromKernel, cancellationToken) is not { } run)
            {
                return false;
            }

            KernelLog.Adopted(logger, launch.KernelId, launch.Spec.Name, run.ProcessId);
            Begin(run);
            return true;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Closes the connections to the kernel, which goes on without this process.</summary>
    public async Task LetGoAsync()
    {
        await _shutDown.CancelAsync();
        await TakeTurnAsync();
        try
        {
            if (Current.Value is { } run)
            {
                Current.End();
                await run.LetGoAsync();
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Ends the process and starts another, and waits until that is ready.</summary>
    /// <exception cref="KernelNotReadyException">It does not become ready.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken)
    {
        KernelRun next;
        await TakeTurnAsync();
        try
        {
            traffic.Activity.Set(KernelActivity.Restarting);
            next = await OrDieAsync(async () =>
            {
                await EndRunAsync(restart: true);
                _deaths.Reset();
                return await RunAsync(warm: null, CancellationToken.None);
            });
        }
        finally
        {
            _turn.Release();
        }

        await next.Ready.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the process, after which there is no other.</summary>
    public async Task EndAsync()
    {
        await _shutDown.CancelAsync();
        await TakeTurnAsync();
        try
        {
            traffic.Activity.Set(KernelActivity.Dead);
            await EndRunAsync(restart: false);
            KernelLog.ShutDown(logger, launch.KernelId);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits for the turn in order to end the process, which need not finish a move for that.</summary>
    private Task TakeTurnAsync()
    {
        Current.Value?.StopMoving();
        return _turn.WaitAsync();
    }

    private async Task<KernelRun> RunAsync(WarmKernel? warm, CancellationToken cancellationToken)
    {
        _shutDown.Token.ThrowIfCancellationRequested();
        if (traffic.Activity.State != KernelActivity.Restarting)
        {
            traffic.Activity.Set(KernelActivity.Starting);
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
        Current.Begin(next);
        _ = MarkReadyAsync(next);
        _ = WatchAsync(next);
    }

    private async Task EndRunAsync(bool restart)
    {
        if (Current.Value is { } run)
        {
            Current.End();
            await run.StopAsync(restart);
            await run.DisposeAsync();
            traffic.Ended(byItself: false);
        }
    }

    private async Task MarkReadyAsync(KernelRun run)
    {
        try
        {
            await run.Ready;
            if (run.IsAdopted)
            {
                await run.AskAsync("kernel_info_request", default, published: null, _shutDown.Token);
            }

            if (Current.Value == run)
            {
                traffic.Activity.Ready();
            }
        }
        catch (Exception exception) when (exception is KernelNotReadyException or ZmtpException or OperationCanceledException)
        {
            // Its process ends with it, which WatchAsync sees; or this one does.
        }
    }

    private async Task WatchAsync(KernelRun run)
    {
        var exitCode = await run.Ended;
        await _turn.WaitAsync();
        try
        {
            if (Current.Value == run && !run.IsStopping)
            {
                Current.End();
                traffic.Ended(byItself: true);
                KernelLog.Tail(logger, launch.KernelId, run.Tail);

                await OrDieAsync(async () =>
                {
                    // Before the next run starts: both write their connection file to the same place.
                    await run.DisposeAsync();
                    return await RecoverAsync(run, exitCode);
                });
            }
        }
        catch (OperationCanceledException)
        {
            // Deleted while it was about to start again.
        }
        catch (Exception exception) when (exception is Win32Exception or IOException or UnauthorizedAccessException)
        {
            // It is dead, which everybody has been told.
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task<KernelRun?> RecoverAsync(KernelRun ended, int exitCode)
    {
        if (!_deaths.TryAdd(ended.Lasted) || ended.TimedOut)
        {
            Die(ended.TimedOut ? $"it did not answer within {options.StartTimeout}" : $"it ended {_deaths.InARow} times in a row, last with exit code {exitCode}");
            return null;
        }

        KernelLog.Died(logger, launch.KernelId, exitCode, _deaths.InARow, options.MaxRestarts);
        traffic.Announce(KernelActivity.Restarting);
        if (_deaths.Pause > TimeSpan.Zero)
        {
            await Task.Delay(_deaths.Pause, time, _shutDown.Token);
        }

        return await RunAsync(warm: null, _shutDown.Token);
    }

    /// <summary>Where no process takes the place of the one before it, for whatever reason, the kernel is dead and not about to start for good.</summary>
    private async Task<T> OrDieAsync<T>(Func<Task<T>> replace)
    {
        try
        {
            return await replace();
        }
        catch (Exception exception) when (!_shutDown.IsCancellationRequested)
        {
            Die(exception.Message);
            throw;
        }
    }

    private void Die(string reason)
    {
        KernelLog.Dead(logger, launch.KernelId, reason);
        traffic.Announce(KernelActivity.Dead);
        Current.EndForGood();
    }
}
