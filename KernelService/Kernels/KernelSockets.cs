using Lyceum.Messaging;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// The four sockets of a running kernel. Heartbeats are not needed: the kernel is a child of this process, whose end the
/// operating system tells at once.
/// </summary>
internal sealed class KernelSockets : IAsyncDisposable
{
    private static readonly ZmtpOptions Options = new() { ReceiveBufferBytes = 16 * 1024, Linger = TimeSpan.Zero };

    // Whoever runs a cell waits for what comes on these two.
    private static readonly ZmtpOptions ShellOptions = Options with { ReadAheadBytes = 1024 * 1024, ReceiveOnReadAheadThread = true };

    // Iopub carries the floods, too, which larger reads take off the wire with fewer calls. A kernel drops what finds no room.
    private static readonly ZmtpOptions IopubOptions = Options with
    {
        ReceiveBufferBytes = 64 * 1024, ReceiveOnReadAheadThread = true, SystemBufferBytes = 4 * 1024 * 1024,
    };

    private KernelSockets(SubscriberSocket iopub, DealerSocket shell, DealerSocket control, DealerSocket stdin) =>
        (Iopub, Shell, Control, Stdin) = (iopub, shell, control, stdin);

    public SubscriberSocket Iopub { get; }

    public DealerSocket Shell { get; }

    public DealerSocket Control { get; }

    public DealerSocket Stdin { get; }

    /// <summary>Connects to a kernel that may still be starting.</summary>
    /// <param name="file">Where it listens.</param>
    /// <param name="pace">How iopub is read.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    public static async Task<KernelSockets> ConnectAsync(ConnectionFile file, ReadPace pace, CancellationToken cancellationToken)
    {
        // One identity on all three, so that the kernel's questions on stdin find the one who asked on shell.
        var identity = DealerSocket.NewIdentity();
        var opened = new List<IAsyncDisposable>();
        try
        {
            var iopub = await SubscriberSocket.ConnectAsync(
                file.EndpointOf(KernelChannel.Iopub), IopubOptions with { ReadPace = pace }, cancellationToken);
            opened.Add(iopub);
            await iopub.SubscribeAsync(default, cancellationToken);
            return new KernelSockets(
                iopub,
                await ConnectDealerAsync(KernelChannel.Shell, ShellOptions),
                await ConnectDealerAsync(KernelChannel.Control, Options),
                await ConnectDealerAsync(KernelChannel.Stdin, Options));
        }
        catch
        {
            foreach (var socket in opened)
            {
                await socket.DisposeAsync();
            }

            throw;
        }

        async Task<DealerSocket> ConnectDealerAsync(KernelChannel channel, ZmtpOptions options)
        {
            var dealer = await DealerSocket.ConnectAsync(file.EndpointOf(channel), identity, options, cancellationToken);
            opened.Add(dealer);
            return dealer;
        }
    }

    /// <summary>The socket on which a channel's requests go.</summary>
    public DealerSocket Of(KernelChannel channel) => channel switch
    {
        KernelChannel.Shell => Shell,
        KernelChannel.Control => Control,
        KernelChannel.Stdin => Stdin,
        _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, "Nobody sends on this channel."),
    };

    public async ValueTask DisposeAsync()
    {
        await Iopub.DisposeAsync();
        await Shell.DisposeAsync();
        await Control.DisposeAsync();
        await Stdin.DisposeAsync();
    }
}
