namespace Lyceum.KernelService.Kernels;

/// <summary>A kernel's operating system process, the leader of a session of its own, so that signals reach what it starts.</summary>
internal abstract class KernelProcess(KernelLaunch launch) : IDisposable
{
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public abstract int Id { get; }

    /// <summary>Completes with the exit code as soon as the process has ended.</summary>
    public Task<int> Exited => _exited.Task;

    /// <summary>The last of what it wrote to its own output, which no client sees; empty where that is not kept.</summary>
    public virtual string Tail => "";

    /// <summary>Sends a signal to the process and what it started.</summary>
    public abstract void Signal(int signal);

    /// <summary>Ends the process and what it started, at once.</summary>
    public abstract void Kill();

    public abstract void Dispose();

    /// <summary>The process has ended. What it left running would outlive it unseen.</summary>
    protected void End(int exitCode)
    {
        Descendants.Kill(launch);
        _exited.TrySetResult(exitCode);
    }
}
