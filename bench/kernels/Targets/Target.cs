namespace Lyceum.KernelBench.Targets;

/// <summary>A kernel that was started, with a client on it.</summary>
/// <param name="Link">The client.</param>
/// <param name="StartMilliseconds">From its start to the reply to <c>kernel_info_request</c>.</param>
/// <param name="PythonClient">The arguments of a <see cref="Targets.PythonClient"/> that goes the same way; none if there is no such.</param>
/// <param name="EndAsync">Ends it.</param>
internal sealed record RunningKernel(Link Link, double StartMilliseconds, IReadOnlyList<string> PythonClient, Func<Task> EndAsync);

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
