using System.Security.Cryptography;
using System.Text;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>Takes a message that the kernel sent. Called by one caller per channel, in order; must not wait.</summary>
internal delegate void KernelMessageHandler(KernelChannel channel, JupyterMessage message);

/// <summary>
/// The four sockets of a running kernel, shared by all its clients. Heartbeats are not needed: the kernel is a child
/// of this process, whose end the operating system tells at once.
/// </summary>
internal sealed class KernelWire : IAsyncDisposable
{
    private static readonly ZmtpOptions Options = new() { ReceiveBufferBytes = 16 * 1024, Linger = TimeSpan.Zero };

    // The reader of iopub has to be as fast as the kernel writes: beyond 1000 waiting messages a libzmq publisher drops.
    private static readonly ZmtpOptions IopubOptions = Options with { ReceiveBufferBytes = 64 * 1024 };

    private readonly JupyterSigner signer;
    private readonly SubscriberSocket iopub;
    private readonly DealerSocket shell;
    private readonly DealerSocket control;
    private readonly DealerSocket stdin;
    private readonly KernelMessageHandler handler;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly byte[] session = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
    private readonly TaskCompletionSource answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource published = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task receiving;
    private int refused;

    private KernelWire(
        ConnectionFile file, SubscriberSocket iopub, DealerSocket[] dealers, KernelMessageHandler handler, TimeProvider time, ILogger logger)
    {
        signer = new JupyterSigner(file.Key);
        this.iopub = iopub;
        (shell, control, stdin) = (dealers[0], dealers[1], dealers[2]);
        this.handler = handler;
        this.time = time;
        this.logger = logger;
        Drained = ReceiveAsync(KernelChannel.Iopub, iopub.ReceiveAsync);
        receiving = Task.WhenAll(
            Drained,
            ReceiveAsync(KernelChannel.Shell, shell.ReceiveAsync),
            ReceiveAsync(KernelChannel.Control, control.ReceiveAsync),
            ReceiveAsync(KernelChannel.Stdin, stdin.ReceiveAsync));
    }

    /// <summary>Completes when iopub has ended and all that came on it has been handled.</summary>
    public Task Drained { get; }

    /// <summary>Connects to a kernel that may still be starting.</summary>
    public static async Task<KernelWire> ConnectAsync(
        ConnectionFile file, KernelMessageHandler handler, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        // One identity on all three, so that the kernel's questions on stdin find the one who asked on shell.
        var identity = RandomNumberGenerator.GetBytes(16);
        identity[0] |= 0x80;
        var opened = new List<IAsyncDisposable>();
        try
        {
            var iopub = await SubscriberSocket.ConnectAsync(file.EndpointOf(KernelChannel.Iopub), IopubOptions, cancellationToken);
            opened.Add(iopub);
            await iopub.SubscribeAsync(default, cancellationToken);
            var dealers = new List<DealerSocket>();
            foreach (var channel in (KernelChannel[])[KernelChannel.Shell, KernelChannel.Control, KernelChannel.Stdin])
            {
                var dealer = await DealerSocket.ConnectAsync(file.EndpointOf(channel), identity, Options, cancellationToken);
                opened.Add(dealer);
                dealers.Add(dealer);
            }

            return new KernelWire(file, iopub, [.. dealers], handler, time, logger);
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
        await answered.Task.WaitAsync(cancellationToken);
        for (var pause = TimeSpan.FromMilliseconds(5); !published.Task.IsCompleted; pause *= 2)
        {
            await Task.WhenAny(published.Task, Task.Delay(pause, time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (!published.Task.IsCompleted)
            {
                await RequestAsync(KernelChannel.Shell, "kernel_info_request", default, cancellationToken);
            }
        }
    }

    /// <summary>Sends a client's message.</summary>
    /// <exception cref="ZmtpException">The kernel has gone.</exception>
    public ValueTask SendAsync(KernelChannel channel, JupyterMessage message, CancellationToken cancellationToken) =>
        SocketOf(channel).SendAsync(message.Encode(signer), cancellationToken);

    /// <summary>Sends a request of the service's own; answers to it reach no client.</summary>
    public ValueTask RequestAsync(KernelChannel channel, string type, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var header = JupyterHeader.Create(type, Encoding.ASCII.GetString(session), "lyceum", time).ToUtf8();
        var message = new JupyterMessage { Header = header };
        return SendAsync(channel, content.IsEmpty ? message : message with { Content = content }, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await iopub.DisposeAsync();
        await shell.DisposeAsync();
        await control.DisposeAsync();
        await stdin.DisposeAsync();
        await receiving;
        signer.Dispose();
    }

    private DealerSocket SocketOf(KernelChannel channel) => channel switch
    {
        KernelChannel.Shell => shell,
        KernelChannel.Control => control,
        KernelChannel.Stdin => stdin,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "Nobody sends on this channel."),
    };

    private async Task ReceiveAsync(KernelChannel channel, Func<CancellationToken, ValueTask<Message>> receive)
    {
        try
        {
            while (true)
            {
                var frames = await receive(CancellationToken.None);
                if (!JupyterMessage.TryDecode(frames, signer, out var message, out var error))
                {
                    Refuse(channel, error);
                }
                else if (!IsOwn(channel, message))
                {
                    handler(channel, message);
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
            published.TrySetResult();
        }

        // Compared as bytes first: nearly no message is ours, and nearly all are outputs in great number.
        if (message.ParentHeader.Span.IndexOf(session) < 0 || !HeaderFields.Read(message.ParentHeader.Span).Session.SequenceEqual(session))
        {
            return false;
        }

        if (channel == KernelChannel.Shell)
        {
            answered.TrySetResult();
        }

        return true;
    }

    private void Refuse(KernelChannel channel, JupyterWireError error)
    {
        // Powers of two: told at once, and not a log entry for each of a flood.
        if (Interlocked.Increment(ref refused) is var count && (count & (count - 1)) == 0)
        {
            KernelLog.MessagesRefused(logger, count, channel, error);
        }
    }
}
