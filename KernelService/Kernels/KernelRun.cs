using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>One life of a kernel, from the start of a process to its end. A restart makes another.</summary>
internal sealed class KernelRun : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TerminateTime = TimeSpan.FromSeconds(1);

    private readonly KernelLaunch launch;
    private readonly KernelProcess process;
    private readonly string connectionFile;
    private readonly KernelsOptions options;
    private readonly TimeProvider time;
    private readonly CancellationTokenSource ended = new();
    private readonly long startedAt;
    private readonly Task<KernelWire> ready;

    public KernelRun(
        KernelLaunch launch,
        KernelProcess process,
        ConnectionFile file,
        string connectionFile,
        KernelMessageHandler handler,
        KernelsOptions options,
        TimeProvider time,
        ILogger logger)
    {
        this.launch = launch;
        this.process = process;
        this.connectionFile = connectionFile;
        this.options = options;
        this.time = time;
        startedAt = time.GetTimestamp();
        ready = BecomeReadyAsync(file, handler, logger);
        Ended = EndAsync();
    }

    /// <summary>Completes once the kernel answers; fails if it ends before, or does not answer in time.</summary>
    public Task Ready => ready;

    /// <summary>Completes with the exit code once the process has ended and all it published has been handled.</summary>
    public Task<int> Ended { get; }

    /// <summary>Whether the process was told to end, so that its end is no accident.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Whether the process was ended because it did not answer in time.</summary>
    public bool TimedOut { get; private set; }

    public TimeSpan Age => time.GetElapsedTime(startedAt);

    public string Tail => process.Tail;

    public async ValueTask SendAsync(KernelChannel channel, JupyterMessage message, CancellationToken cancellationToken)
    {
        var wire = await ready.WaitAsync(cancellationToken);
        await wire.SendAsync(channel, message, cancellationToken);
    }

    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        if (launch.Spec.InterruptsByMessage)
        {
            var wire = await ready.WaitAsync(cancellationToken);
            await wire.RequestAsync(KernelChannel.Control, "interrupt_request", default, cancellationToken);
        }
        else
        {
            process.Signal(ProcessGroup.Interrupt);
        }
    }

    /// <summary>Ends the kernel: asks, then terminates, then kills.</summary>
    public async Task StopAsync(bool restart)
    {
        IsStopping = true;
        if (!process.Exited.IsCompleted)
        {
            var asked = ready.IsCompletedSuccessfully && await TryAskToEndAsync(await ready, restart);
            if (!(asked && await ExitsWithinAsync(options.ShutdownTimeout)))
            {
                process.Signal(ProcessGroup.Terminate);
                if (!await ExitsWithinAsync(TerminateTime))
                {
                    process.Kill();
                }
            }
        }

        await Ended;
    }

    public async ValueTask DisposeAsync()
    {
        IsStopping = true;
        if (!process.Exited.IsCompleted)
        {
            process.Kill();
        }

        await Ended;
        process.Dispose();
        ended.Dispose();
        File.Delete(connectionFile);
    }

    private static async Task<bool> TryAskToEndAsync(KernelWire wire, bool restart)
    {
        try
        {
            var content = restart ? """{"restart":true}"""u8.ToArray() : """{"restart":false}"""u8.ToArray();
            await wire.RequestAsync(KernelChannel.Control, "shutdown_request", content, CancellationToken.None);
            return true;
        }
        catch (ZmtpException)
        {
            return false;
        }
    }

    private async Task<bool> ExitsWithinAsync(TimeSpan patience)
    {
        try
        {
            await process.Exited.WaitAsync(patience, time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<KernelWire> BecomeReadyAsync(ConnectionFile file, KernelMessageHandler handler, ILogger logger)
    {
        using var timeout = new CancellationTokenSource(options.StartTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, ended.Token);
        KernelWire? wire = null;
        try
        {
            wire = await KernelWire.ConnectAsync(file, handler, time, logger, either.Token);
            await wire.AwaitReadyAsync(either.Token);
            KernelLog.Ready(logger, launch.KernelId, (long)Age.TotalMilliseconds);
            return wire;
        }
        catch (Exception exception)
        {
            if (wire is not null)
            {
                await wire.DisposeAsync();
            }

            TimedOut = timeout.IsCancellationRequested && !process.Exited.IsCompleted;
            if (!process.Exited.IsCompleted)
            {
                process.Kill();
            }

            throw new KernelNotReadyException(TimedOut ? $"it did not answer within {options.StartTimeout}" : "it ended before it answered", exception);
        }
    }

    private async Task<int> EndAsync()
    {
        var exitCode = await process.Exited;
        await ended.CancelAsync();
        try
        {
            var wire = await ready;

            // What the kernel wrote before it ended is still on its way through the sockets.
            await wire.Drained.WaitAsync(DrainTime, time);
        }
        catch (Exception exception) when (exception is KernelNotReadyException or TimeoutException)
        {
            // Nothing more will come.
        }

        if (ready.IsCompletedSuccessfully)
        {
            await (await ready).DisposeAsync();
        }

        return exitCode;
    }
}

/// <summary>A kernel does not work.</summary>
internal sealed class KernelNotReadyException(string reason, Exception inner) : Exception(reason, inner);
