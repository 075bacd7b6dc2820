using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>One life of a kernel, from the start of a process to its end. A restart makes another.</summary>
internal sealed partial class KernelRun : IAsyncDisposable
{
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TerminateTime = TimeSpan.FromSeconds(1);

    private readonly KernelLaunch _launch;
    private readonly KernelProcess _process;
    private readonly Func<Task> _cleanUp;
    private readonly KernelsOptions _options;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ended = new();
    private readonly long _startedAt;
    private readonly KernelMessageHandler _handler;
    private readonly ILogger _logger;
    private volatile Task<KernelWire> _ready;
    private volatile bool _isLetGo;

    public KernelRun(
        KernelLaunch launch,
        KernelProcess process,
        ConnectionFile file,
        KernelMessageHandler handler,
        Func<Task> cleanUp,
        KernelsOptions options,
        TimeProvider time,
        ILogger logger,
        bool isAdopted = false)
    {
        IsAdopted = isAdopted;
        _launch = launch;
        _process = process;
        _cleanUp = cleanUp;
        _options = options;
        _time = time;
        _handler = handler;
        _logger = logger;
        Connection = file;
        _startedAt = time.GetTimestamp();
        _ready = BecomeReadyAsync(file, handler, logger);
        Ended = EndAsync();
    }

    /// <summary>Completes once the kernel answers; fails if it ends before, or does not answer in time.</summary>
    public Task Ready => _ready;

    /// <summary>Completes with the exit code once the process has ended and all it published has been handled.</summary>
    public Task<int> Ended { get; }

    /// <summary>Whether the process was told to end, so that its end is no accident.</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Whether the process was ended because it did not answer in time.</summary>
    public bool TimedOut { get; private set; }

    /// <summary>Whether an earlier process of the service started the kernel, so that what it is doing is not known.</summary>
    public bool IsAdopted { get; }

    public int ProcessId => _process.Id;

    /// <summary>How long the process ran.</summary>
    public TimeSpan Lasted { get; private set; }

    public string Tail => _process.Tail;

    public async ValueTask SendAsync(KernelChannel channel, JupyterMessage message, CancellationToken cancellationToken)
    {
        var wire = await EnterAsync(cancellationToken);
        try
        {
            await wire.SendAsync(channel, message, cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    /// <summary>Sends a request of the service's own on shell and waits for its reply, which no client sees.</summary>
    /// <exception cref="KernelNotReadyException">The kernel does not work.</exception>
    /// <exception cref="ZmtpException">The kernel has gone, or goes before it answers.</exception>
    public async Task<JupyterMessage> AskAsync(
        string type, ReadOnlyMemory<byte> content, Action<JupyterMessage>? published, CancellationToken cancellationToken)
    {
        var wire = await EnterAsync(cancellationToken);
        try
        {
            return await wire.AskAsync(KernelChannel.Shell, type, content, published, cancellationToken);
        }
        finally
        {
            Leave();
        }
    }

    public async Task InterruptAsync(CancellationToken cancellationToken)
    {
        if (_launch.Spec.InterruptsByMessage)
        {
            var wire = await _ready.WaitAsync(cancellationToken);
            await wire.RequestAsync(KernelChannel.Control, "interrupt_request", default, cancellationToken);
        }
        else
        {
            _process.Signal(ProcessGroup.Interrupt);
        }
    }

    /// <summary>Ends the kernel: asks, then terminates, then kills.</summary>
    public async Task StopAsync(bool restart)
    {
        IsStopping = true;
        if (!_process.Exited.IsCompleted)
        {
            var asked = _ready.IsCompletedSuccessfully && await TryAskToEndAsync(await _ready, restart);
            if (!(asked && await ExitsWithinAsync(_options.ShutdownTimeout)))
            {
                _process.Signal(ProcessGroup.Terminate);
                if (!await ExitsWithinAsync(TerminateTime))
                {
                    _process.Kill();
                }
            }
        }

        await Ended;
    }

    /// <summary>Closes the connections to the kernel, which goes on.</summary>
    public async Task LetGoAsync()
    {
        IsStopping = true;
        _isLetGo = true;
        await _ended.CancelAsync();
        try
        {
            await (await _ready).DisposeAsync();
        }
        catch (KernelNotReadyException)
        {
            // It was just starting, and does so without us.
        }

        _process.Dispose();
    }

    public async ValueTask DisposeAsync()
    {
        IsStopping = true;
        if (!_process.Exited.IsCompleted)
        {
            _process.Kill();
        }

        await Ended;
        _process.Dispose();
        _ended.Dispose();
        await _cleanUp();
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
            await _process.Exited.WaitAsync(patience, _time);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private async Task<KernelWire> BecomeReadyAsync(ConnectionFile file, KernelMessageHandler handler, ILogger logger)
    {
        using var timeout = new CancellationTokenSource(_options.StartTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _ended.Token);
        KernelWire? wire = null;
        try
        {
            wire = await KernelWire.ConnectAsync(file, handler, _time, logger, either.Token);
            if (!IsAdopted)
            {
                // One that was taken over may be busy for hours, and answers after that.
                await wire.AwaitReadyAsync(either.Token);
                var took = _time.GetElapsedTime(_startedAt);
                KernelLog.Ready(logger, _launch.KernelId, took);
            }

            return wire;
        }
        catch (Exception exception)
        {
            if (wire is not null)
            {
                await wire.DisposeAsync();
            }

            TimedOut = timeout.IsCancellationRequested && !_process.Exited.IsCompleted;
            if (!_process.Exited.IsCompleted && !_isLetGo)
            {
                _process.Kill();
            }

            throw new KernelNotReadyException(TimedOut ? $"it did not answer within {_options.StartTimeout}" : "it ended before it answered", exception);
        }
    }

    private async Task<int> EndAsync()
    {
        var exitCode = await _process.Exited;
        Lasted = _time.GetElapsedTime(_startedAt);
        await _ended.CancelAsync();
        try
        {
            var wire = await _ready;

            // What the kernel wrote before it ended is still on its way through the sockets.
            await wire.Drained.WaitAsync(DrainTime, _time);
        }
        catch (Exception exception) when (exception is KernelNotReadyException or TimeoutException)
        {
            // Nothing more will come.
        }

        if (_ready.IsCompletedSuccessfully)
        {
            await (await _ready).DisposeAsync();
        }

        return exitCode;
    }
}

/// <summary>A kernel does not work.</summary>
internal sealed class KernelNotReadyException(string reason, Exception? inner = null) : Exception(reason, inner);
