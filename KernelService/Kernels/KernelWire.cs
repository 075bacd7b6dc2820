using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// Takes a message that the kernel sent, or null when all that has arrived on the channel was handed over, for now.
/// Called by one caller per channel, in order; must not wait.
/// </summary>
internal delegate void KernelMessageHandler(KernelChannel channel, JupyterMessage? message);

/// <summary>
/// The four sockets of a running kernel, shared by all its clients. Heartbeats are not needed: the kernel is a child
/// of this process, whose end the operating system tells at once.
/// </summary>
internal sealed class KernelWire : IAsyncDisposable
{
    private static readonly ZmtpOptions Options = new() { ReceiveBufferBytes = 16 * 1024, Linger = TimeSpan.Zero };

    // Whoever runs a cell waits for what comes on these two.
    private static readonly ZmtpOptions ShellOptions = Options with { ReadAheadBytes = 1024 * 1024, ReceiveOnReadAheadThread = true };

    // Iopub carries the floods, too, which larger reads take off the wire with fewer calls. A kernel drops what finds no room.
    private static readonly ZmtpOptions IopubOptions = Options with
    {
        ReceiveBufferBytes = 64 * 1024, ReceiveOnReadAheadThread = true, SystemBufferBytes = 4 * 1024 * 1024,
    };

    private readonly JupyterSigner _signer;
    private readonly SubscriberSocket _iopub;
    private readonly DealerSocket _shell;
    private readonly DealerSocket _control;
    private readonly DealerSocket _stdin;
    private readonly KernelMessageHandler _handler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly byte[] _session = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, PendingRequest> _asked = new(StringComparer.Ordinal);
    private readonly Task _receiving;
    private int _refused;

    private KernelWire(
        ConnectionFile file, SubscriberSocket iopub, DealerSocket[] dealers, KernelMessageHandler handler, TimeProvider time, ILogger logger)
    {
        _signer = new JupyterSigner(file.Key);
        _iopub = iopub;
        (_shell, _control, _stdin) = (dealers[0], dealers[1], dealers[2]);
        _handler = handler;
        _time = time;
        _logger = logger;
        Drained = ReceiveAsync(KernelChannel.Iopub, iopub.ReceiveAsync);
        _receiving = Task.WhenAll(
            Drained,
            ReceiveAsync(KernelChannel.Shell, _shell.ReceiveAsync),
            ReceiveAsync(KernelChannel.Control, _control.ReceiveAsync),
            ReceiveAsync(KernelChannel.Stdin, _stdin.ReceiveAsync));
    }

    /// <summary>Completes when iopub has ended and all that came on it has been handled.</summary>
    public Task Drained { get; }

    /// <summary>Connects to a kernel that may still be starting.</summary>
    public static async Task<KernelWire> ConnectAsync(
        ConnectionFile file, KernelMessageHandler _handler, TimeProvider _time, ILogger _logger, CancellationToken cancellationToken)
    {
        // One identity on all three, so that the kernel's questions on stdin find the one who asked on shell.
        var identity = RandomNumberGenerator.GetBytes(16);
        identity[0] |= 0x80;
        var opened = new List<IAsyncDisposable>();
        try
        {
            var _iopub = await SubscriberSocket.ConnectAsync(file.EndpointOf(KernelChannel.Iopub), IopubOptions, cancellationToken);
            opened.Add(_iopub);
            await _iopub.SubscribeAsync(default, cancellationToken);
            var dealers = new List<DealerSocket>();
            foreach (var channel in (KernelChannel[])[KernelChannel.Shell, KernelChannel.Control, KernelChannel.Stdin])
            {
                var dealer = await DealerSocket.ConnectAsync(
                    file.EndpointOf(channel), identity, channel == KernelChannel.Shell ? ShellOptions : Options, cancellationToken);
                opened.Add(dealer);
                dealers.Add(dealer);
            }

            return new KernelWire(file, _iopub, [.. dealers], _handler, _time, _logger);
        }
        catch
        {
            foreach (var socket in opened)
            {
                await socket.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>
    /// Waits until the kernel answers and its publications arrive here. The subscription takes a while to reach the
    /// kernel, and what it published before is lost; so this asks again, soon, until something came.
    /// </summary>
    public async Task AwaitReadyAsync(CancellationToken cancellationToken)
    {
        await RequestAsync(KernelChannel.Shell, "kernel_info_request", default, cancellationToken);
        await _answered.Task.WaitAsync(cancellationToken);
        for (var pause = TimeSpan.FromMilliseconds(5); !_published.Task.IsCompleted; pause *= 2)
        {
            await Task.WhenAny(_published.Task, Task.Delay(pause, _time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (!_published.Task.IsCompleted)
            {
                await RequestAsync(KernelChannel.Shell, "kernel_info_request", default, cancellationToken);
            }
        }
    }

    /// <summary>Sends a client's message.</summary>
    /// <exception cref="ZmtpException">The kernel has gone.</exception>
    public ValueTask SendAsync(KernelChannel channel, JupyterMessage message, CancellationToken cancellationToken) =>
        SocketOf(channel).SendAsync(message.Encode(_signer), cancellationToken);

    /// <summary>Sends a request of the service's own; answers to it reach no client.</summary>
    public ValueTask RequestAsync(KernelChannel channel, string type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        RequestAsync(channel, NewHeader(type), content, cancellationToken);

    /// <summary>Sends a request of the service's own on shell and waits for its reply.</summary>
    /// <param name="type">The request's type.</param>
    /// <param name="content">Its content.</param>
    /// <param name="published">Takes what the kernel publishes for it, on the thread that receives; if not null, the kernel's being idle again is waited for, too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ZmtpException">The kernel has gone.</exception>
    public async Task<JupyterMessage> AskAsync(
        string type, ReadOnlyMemory<byte> content, Action<JupyterMessage>? published, CancellationToken cancellationToken)
    {
        var header = NewHeader(type);
        var asking = new PendingRequest(published);
        _asked[header.MsgId] = asking;
        try
        {
            await RequestAsync(KernelChannel.Shell, header, content, cancellationToken);
            return await asking.EndAsync(cancellationToken);
        }
        finally
        {
            _asked.TryRemove(header.MsgId, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _iopub.DisposeAsync();
        await _shell.DisposeAsync();
        await _control.DisposeAsync();
        await _stdin.DisposeAsync();
        await _receiving;
        _signer.Dispose();
    }

    private JupyterHeader NewHeader(string type) => JupyterHeader.Create(type, Encoding.ASCII.GetString(_session), "lyceum", _time);

    private ValueTask RequestAsync(KernelChannel channel, JupyterHeader header, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var message = new JupyterMessage { Header = header.ToUtf8() };
        return SendAsync(channel, content.IsEmpty ? message : message with { Content = content }, cancellationToken);
    }

    private DealerSocket SocketOf(KernelChannel channel) => channel switch
    {
        KernelChannel.Shell => _shell,
        KernelChannel.Control => _control,
        KernelChannel.Stdin => _stdin,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "Nobody sends on this channel."),
    };

    private async Task ReceiveAsync(KernelChannel channel, Func<CancellationToken, ValueTask<Message>> receive)
    {
        try
        {
            while (true)
            {
                var next = receive(CancellationToken.None);
                if (!next.IsCompleted)
                {
                    _handler(channel, null);
                }

                var frames = await next;
                if (!JupyterMessage.TryDecode(frames, _signer, out var message, out var error))
                {
                    Refuse(channel, error);
                }
                else if (!IsOwn(channel, message))
                {
                    _handler(channel, message);
                }
            }
        }
        catch (ZmtpException)
        {
            // The kernel has ended, or this was disposed; its process tells which.
        }
    }

    private bool IsOwn(KernelChannel channel, JupyterMessage message)
    {
        if (channel == KernelChannel.Iopub)
        {
            _published.TrySetResult();
        }

        // Compared as bytes first: nearly no message is ours, and nearly all are outputs in great number.
        if (message.ParentHeader.Span.IndexOf(_session) < 0)
        {
            return false;
        }

        var parent = HeaderFields.Read(message.ParentHeader.Span);
        if (!parent.Session.SequenceEqual(_session))
        {
            return false;
        }

        if (channel == KernelChannel.Shell)
        {
            _answered.TrySetResult();
        }

        if (_asked.TryGetValue(parent.MsgIdText, out var asking))
        {
            asking.Take(channel, message);
        }

        return true;
    }

    private void Refuse(KernelChannel channel, JupyterWireError error)
    {
        // Powers of two: told at once, and not a log entry for each of a flood.
        if (Interlocked.Increment(ref _refused) is var count && (count & (count - 1)) == 0)
        {
            KernelLog.MessagesRefused(_logger, count, channel, error);
        }
    }
}
