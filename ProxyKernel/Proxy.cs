using Lyceum.Messaging;
using Lyceum.NotebookAssistant;
using Lyceum.ProxyKernel.Assistant;
using Lyceum.ProxyKernel.Forwarding;
using Lyceum.ProxyKernel.SubKernels;

namespace Lyceum.ProxyKernel;

/// <summary>The proxy from its start to the end of the kernel below.</summary>
internal static class Proxy
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    /// <returns>The exit code of the kernel below, so that Jupyter sees its end as it was.</returns>
    public static async Task<int> RunAsync(ConnectionFile file, ProxyArguments arguments, CancellationToken cancellationToken)
    {
        // Beside its own kernelspec are those of the environment that Jupyter is installed in.
        var spec = SubKernelSpec.Find(arguments.Kernel, arguments.Beside is { } own ? Path.GetFullPath(Path.Combine(own, "..", "..")) : null);
        await using var clients = new ClientSide(file);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _ = clients.EchoAsync(stop.Token);
        await using var process = await SubKernel.StartAsync(spec, stop.Token);
        _ = process.Ended.ContinueWith(_ => stop.CancelAfter(DrainTime), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        try
        {
            await ForwardAsync(process, clients, arguments, stop.Token);
        }
        catch (Exception exception) when (exception is ZmtpException or OperationCanceledException)
        {
            // It has ended, or this is to.
        }

        return process.Ended.IsCompleted ? await process.Ended : 0;
    }

    private static async Task ForwardAsync(SubKernel process, ClientSide clients, ProxyArguments arguments, CancellationToken cancellationToken)
    {
        await using var kernel = await KernelSide.ConnectAsync(process, cancellationToken);
        await using var peers = new Peers(process, kernel, clients);
        kernel.WhileNobodySends = peers.WhileNobodySendsAsync;
        using var tutor = new LyceumTutor(arguments.Url);
        var recent = new RecentCells();
        var assistant = KernelAssistants.For(
            process.Spec.File.Language,
            Notebook,
            new ProxyAudience(clients),
            recent,
            new AssistantOptions(),
            TimeProvider.System,
            (type, exception) => Console.Error.WriteLine($"ProxyKernel: an answer to {type} failed: {exception}"));
        var forwarder = new Forwarder(clients, kernel, peers, new CellWatch(recent), assistant, tutor);
        var publishing = forwarder.FromKernelAsync(cancellationToken);
        await kernel.AwaitReadyAsync(cancellationToken);
        await await Task.WhenAny(
        [
            publishing,
            .. ((KernelChannel[])[KernelChannel.Shell, KernelChannel.Control, KernelChannel.Stdin]).Select(channel => forwarder.ToKernelAsync(channel, cancellationToken)),
        ]);
    }

    /// <summary>The notebook's name, where the Jupyter server tells it; its folder is this machine's business.</summary>
    private static string? Notebook() => Path.GetFileName(Environment.GetEnvironmentVariable("JPY_SESSION_NAME")) is { Length: > 0 } name ? name : null;
}
