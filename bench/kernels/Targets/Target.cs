namespace Lyceum.KernelBench.Targets;

/// <summary>A kernel that was started, with a client on it.</summary>
internal sealed record RunningKernel(Link Link, double StartMilliseconds, Func<Task> EndAsync);

/// <summary>One way from a client to a kernel.</summary>
internal abstract class Target(string name) : IAsyncDisposable
{
    public string Name { get; } = name;

    /// <summary>The server between client and kernel; null where there is none.</summary>
    public virtual int? ServerProcess => null;

    /// <summary>Starts a kernel and measures until its kernel_info reply has come.</summary>
    public abstract Task<RunningKernel> StartKernelAsync(string kernelspec, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
