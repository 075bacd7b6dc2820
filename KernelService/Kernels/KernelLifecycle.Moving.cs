using Lyceum.Messaging;
using Lyceum.NotebookAssistant;

namespace Lyceum.KernelService.Kernels;

/// <summary>How a kernel goes on in another of its processes, for clients and assistants as if nothing were.</summary>
internal sealed partial class KernelLifecycle
{
    /// <summary>Has the kernel go on at other sockets; null when it has other things to do, has gone, or does not come to it.</summary>
    public async Task<JupyterMessage?> MoveAsync(KernelMove move, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _shutDown.Token);
        await _turn.WaitAsync(either.Token);
        try
        {
            if (Current.Value is not { } current || traffic.Activity.State != KernelActivity.Idle)
            {
                return null;
            }

            var file = launcher.ElsewhereThan(current.Connection, launch);
            await WriteDownAsync(() => launcher.AnnounceAsync(launch, file));
            try
            {
                return await current.MoveAsync(file, move, either.Token);
            }
            finally
            {
                await WriteDownAsync(() => Decide(hasMoved: current.Connection == file));
            }
        }
        catch (Exception exception) when (exception is ZmtpException or KernelNotReadyException)
        {
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    private Task Decide(bool hasMoved)
    {
        if (hasMoved)
        {
            launcher.Confirm(launch);
        }
        else if (!_shutDown.IsCancellationRequested)
        {
            launcher.Withdraw(launch);
        }

        // Where this was given up because the service ends, its next process finds out.
        return Task.CompletedTask;
    }

    private async Task WriteDownAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (IOException exception)
        {
            // Who comes later does not find the kernel; who is here has it.
            KernelLog.NotWritten(logger, launch.KernelId, exception.Message);
        }
    }
}
