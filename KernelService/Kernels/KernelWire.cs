using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// Takes a message that the kernel sent, and tells whether it is one of many, which may wait for each other; or null when it is time that
/// clients get what was handed over. Called by one caller per channel, in order; must not wait.
/// </summary>
internal delegate bool KernelMessageHandler(KernelChannel channel, JupyterMessage? message);

/// <summary>What is said on a running kernel's sockets, which all its clients share: signed, verified, and without the service's own part in it.</summary>
internal sealed class KernelWire : IAsyncDisposable
{
    private readonly JupyterSigner _signer;
    private readonly KernelSockets _sockets;
    private readonly KernelMessageHandler _handler;
    private readonly FlushPace _pace;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly byte[] _session = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    private readonly TaskCompletionSource _answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<string, PendingRequest> _asked = new(StringComparer.Ordinal);
    private readonly Task _receiving;
    private volatile bool _isBroken;
    private int _refused;

    private KernelWire(ConnectionFile file, KernelSockets sockets, KernelMessageHandler handler, FlushPace pace, TimeProvider time, ILogger logger)
    {
        _signer = new JupyterSigner(file.Key);
        _sockets = sockets;
        _handler = handler;
        _pace = pace;
        _time = time;
        _logger = logger;
        Drained = ReceiveAsync(KernelChannel.Iopub, sockets.Iopub.ReceiveAsync);
        _receiving = Task.WhenAll(
            Drained,
            ReceiveAsync(KernelChannel.Shell, sockets.Shell.ReceiveAsync),
            ReceiveAsync(KernelChannel.Control, sockets.Control.ReceiveAsync),
            ReceiveAsync(KernelChannel.Stdin, sockets.Stdin.ReceiveAsync));
    }

    /// <summary>Completes when iopub has ended and all that came on it has been handled.</summary>
    public Task Drained { get; }

    /// <summary>Connects to a kernel that may still be starting.</summary>
    public static async Task<KernelWire> ConnectAsync(
        ConnectionFile file, KernelMessageHandler handler, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        var pace = new FlushPace(time);
        var reading = new ReadPace(FlushPace.Lull, () => pace.IsFlood, () => pace.IsWaiting, () =>
        {
            if (pace.TakeWaiting())
            {
                handler(KernelChannel.Iopub, null);
            }
        });
        return new KernelWire(file, await KernelSockets.ConnectAsync(file, reading, cancellationToken), handler, pace, time, logger);
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
        _sockets.Of(channel).SendAsync(message.Encode(_signer), cancellationToken);

    /// <summary>Sends a request of the service's own; answers to it reach no client.</summary>
    public ValueTask RequestAsync(KernelChannel channel, string type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        RequestAsync(channel, NewHeader(type), content, cancellationToken);

    /// <summary>Sends a request of the service's own and waits for its reply.</summary>
    /// <param name="channel">Where: shell or control.</param>
    /// <param name="type">The request's type.</param>
    /// <param name="content">Its content.</param>
    /// <param name="published">Takes what the kernel publishes for it, on the thread that receives; if not null, the kernel's being idle again is waited for, too.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ZmtpException">The kernel has gone.</exception>
    public async Task<JupyterMessage> AskAsync(
        KernelChannel channel, string type, ReadOnlyMemory<byte> content, Action<JupyterMessage>? published, CancellationToken cancellationToken)
    {
        var header = NewHeader(type);
        var asking = new PendingRequest(published);
        _asked[header.MsgId] = asking;
        if (_isBroken)
        {
            asking.Fail(new ZmtpException("The connection to the kernel has ended."));
        }

        try
        {
            await RequestAsync(channel, header, content, cancellationToken);
            return await asking.EndAsync(cancellationToken);
        }
        finally
        {
            _asked.TryRemove(header.MsgId, out _);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _sockets.DisposeAsync();
        await _receiving;
        _signer.Dispose();
    }

    private JupyterHeader NewHeader(string type) => JupyterHeader.Create(type, Encoding.ASCII.GetString(_session), "lyceum", _time);

    private ValueTask RequestAsync(KernelChannel channel, JupyterHeader header, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var message = new JupyterMessage { Header = header.ToUtf8() };
        return SendAsync(channel, content.IsEmpty ? message : message with { Content = content }, cancellationToken);
    }

    private async Task ReceiveAsync(KernelChannel channel, Func<CancellationToken, ValueTask<Message>> receive)
    {
        try
        {
            while (true)
            {
                var next = receive(CancellationToken.None);
                if (!next.IsCompleted && (channel != KernelChannel.Iopub || _pace.IsDue(willLull: _sockets.Iopub.IsOnReadAheadThread)))
                {
                    _handler(channel, null);
                }

                var frames = await next;
                if (!JupyterMessage.TryDecode(frames, _signer, out var message, out var error))
                {
                    Refuse(channel, error);
                }
                else
                {
                    var isOneOfMany = !IsOwn(channel, message) && _handler(channel, message);
                    if (channel == KernelChannel.Iopub)
                    {
                        // Also for what the service itself asked for: the assistant passes its outputs on to clients.
                        _pace.Add(isOneOfMany);
                    }
                }
            }
        }
        catch (ZmtpException)
        {
            // The kernel has ended, or this was disposed; its process tells which. What it said last must not wait for more.
            _handler(channel, null);
            FailAsked();
        }
    }

    private void FailAsked()
    {
        // In this order: who asks later sees that nothing will come.
        _isBroken = true;
        foreach (var asking in _asked.Values)
        {
            asking.Fail(new ZmtpException("The connection to the kernel ended before the reply came."));
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
