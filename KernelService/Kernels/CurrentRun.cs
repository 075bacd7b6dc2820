namespace Lyceum.KernelService.Kernels;

/// <summary>The run that a kernel is in. While it restarts there is one to wait for; once it is dead, none.</summary>
internal sealed class CurrentRun
{
    private TaskCompletionSource<KernelRun?> _next = NewPromise();
    private volatile KernelRun? _run;

    /// <summary>The run; null between two of them, and when the kernel is dead.</summary>
    public KernelRun? Value => _run;

    /// <summary>The run, or the next one, once it has begun; null for a kernel that is dead.</summary>
    public Task<KernelRun?> WaitAsync(CancellationToken cancellationToken) => _next.Task.WaitAsync(cancellationToken);

    public void Begin(KernelRun run)
    {
        _run = run;
        if (_next.Task.IsCompleted)
        {
            _next = NewPromise();
        }

        _next.SetResult(run);
    }

    /// <summary>The run is over: what clients send waits for the next.</summary>
    public void End()
    {
        _run = null;
        _next = NewPromise();
    }

    /// <summary>There is no next one.</summary>
    public void EndForGood() => _next.TrySetResult(null);

    private static TaskCompletionSource<KernelRun?> NewPromise() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
