using Lyceum.KernelService.Kernels;

namespace Lyceum.KernelService.Outliving;

/// <summary>A kernel's process that an earlier process of this service started. Its end is seen by looking, for only a parent is told.</summary>
internal sealed class AdoptedProcess : KernelProcess
{
    private const int UnknownExitCode = -1;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    private readonly ProcessIdentity _identity;
    private readonly CancellationTokenSource _letGo = new();

    public AdoptedProcess(KernelLaunch launch, ProcessIdentity identity, TimeProvider time)
        : base(launch)
    {
        _identity = identity;
        _ = WatchAsync(time);
    }

    public override int Id => _identity.Id;

    public override void Signal(int signal)
    {
        // Its number may be another's by now.
        if (_identity.IsRunning)
        {
            ProcessGroup.Signal(Id, signal);
        }
    }

    public override void Kill() => Signal(ProcessGroup.Kill);

    public override void Dispose() => _letGo.Cancel();

    private async Task WatchAsync(TimeProvider time)
    {
        try
        {
            using var timer = new PeriodicTimer(Interval, time);
            while (_identity.IsRunning)
            {
                await timer.WaitForNextTickAsync(_letGo.Token);
            }

            End(UnknownExitCode);
        }
        catch (OperationCanceledException)
        {
            // This process ends before the kernel does.
        }
    }
}
