using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Kernelspecs;
using Lyceum.Messaging;

namespace Lyceum.KernelService.WarmKernels;

/// <summary>A kernel that runs and answers but is nobody's yet.</summary>
internal sealed class WarmKernel(KernelLaunch launch, KernelLauncher launcher) : IAsyncDisposable
{
    private static readonly TimeSpan MoveTime = TimeSpan.FromSeconds(10);
    private volatile KernelMessageHandler? _handler;
    private KernelRun? _run;

    /// <summary>The id that the kernel has from its start: its connection file and its environment name it.</summary>
    public string Id => launch.KernelId;

    public Kernelspec Spec => launch.Spec;

    /// <summary>Completes when the process has ended; asked for before it is handed over.</summary>
    public Task Ended => _run!.Ended;

    private IReadOnlyDictionary<string, string> Environment => launch.Environment;

    /// <summary>Starts the kernel, waits until it answers, and has it move once to where it is, so that the move that counts is quick.</summary>
    /// <exception cref="KernelNotReadyException">It does not work.</exception>
    public async Task<bool> TryStartAsync(CancellationToken cancellationToken)
    {
        _run = await launcher.StartAsync(launch, owner: null, (channel, message) => _handler?.Invoke(channel, message) ?? false, cancellationToken);
        await _run.Ready.WaitAsync(cancellationToken);
        return await Relocation.TryMoveAsync(_run, Spec.File.Language, launch.Folder, [], cancellationToken);
    }

    /// <summary>Whether the kernelspec has changed since the kernel was started.</summary>
    public bool IsOutdated(Kernelspec spec) =>
        spec.Executable != Spec.Executable || spec.Folder != Spec.Folder || !spec.File.Argv.SequenceEqual(Spec.File.Argv, StringComparer.Ordinal);

    /// <summary>Whether it can become the kernel of that launch: a process reads variables when it starts, and only <c>KERNEL_*</c> are nobody's but the user's code's.</summary>
    public bool Suits(KernelLaunch wanted) =>
        Environment.Keys.All(wanted.Environment.ContainsKey)
        && Additions(wanted).All(variable => variable.Key.StartsWith("KERNEL_", StringComparison.Ordinal));

    /// <summary>Hands the kernel over, in the folder and with the variables of that launch; null, and the kernel has ended, if it does not come along.</summary>
    public async Task<KernelRun?> TryHandOverAsync(KernelLaunch wanted, KernelMessageHandler handler, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(MoveTime);
        try
        {
            if (await Relocation.TryMoveAsync(_run!, Spec.File.Language, wanted.Folder, Additions(wanted), limit.Token))
            {
                _handler = handler;
                var run = _run;
                _run = null;
                return run;
            }
        }
        catch (Exception exception) when (exception is KernelNotReadyException or ZmtpException or OperationCanceledException)
        {
            // It has ended or hangs; a new one will do.
        }

        await DisposeAsync();
        cancellationToken.ThrowIfCancellationRequested();
        return null;
    }

    public ValueTask DisposeAsync() => _run?.DisposeAsync() ?? ValueTask.CompletedTask;

    private IEnumerable<KeyValuePair<string, string>> Additions(KernelLaunch wanted) =>
        wanted.Environment.Where(variable => Environment.GetValueOrDefault(variable.Key) != variable.Value);
}
