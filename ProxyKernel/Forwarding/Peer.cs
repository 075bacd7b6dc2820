using System.Collections.Concurrent;
using Lyceum.Messaging;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>One client's sockets at the kernel, under an identity that they share: so its answers and its questions find the client.</summary>
internal sealed class Peer : IAsyncDisposable
{
    // What has no answer after so many others is not waited for.
    private const int MaxAwaited = 1000;
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(1);
    private static readonly KernelChannel[] All = [KernelChannel.Shell, KernelChannel.Control, KernelChannel.Stdin];

    private readonly Dictionary<KernelChannel, DealerSocket> _sockets = [];
    private readonly ConcurrentDictionary<string, bool> _awaited = new(StringComparer.Ordinal);
    private Task _receiving = Task.CompletedTask;
    private volatile bool _isBroken;
    private int _sending;

    private Peer()
    {
    }

    public long LastUsed { get; set; }

    /// <summary>Whether one of its connections has ended.</summary>
    public bool IsBroken => _isBroken;

    /// <summary>Whether it is owed a reply, or something of its is just on its way.</summary>
    public bool IsAwaiting => !_awaited.IsEmpty || Volatile.Read(ref _sending) > 0;

    public static async Task<Peer> ConnectAsync(ConnectionFile file, CancellationToken cancellationToken)
    {
        var identity = DealerSocket.NewIdentity();
        var peer = new Peer();
        try
        {
            foreach (var channel in All)
            {
                peer._sockets[channel] = await DealerSocket.ConnectAsync(file.EndpointOf(channel), identity, cancellationToken: cancellationToken);
            }

            return peer;
        }
        catch
        {
            await peer.DisposeAsync();
            throw;
        }
    }

    /// <summary>Hands on what the kernel has for the client.</summary>
    public void Begin(Func<KernelChannel, JupyterMessage, ValueTask> pass, JupyterSigner signer) =>
        _receiving = Task.WhenAll(All.Select(channel => ReceiveAsync(channel, pass, signer)));

    /// <summary>Something is about to be sent: <see cref="SendAsync"/> follows.</summary>
    public void Claim() => Interlocked.Increment(ref _sending);

    /// <exception cref="ZmtpException">Its connection is broken.</exception>
    public async Task SendAsync(KernelChannel channel, JupyterHeader header, JupyterMessage message, JupyterSigner signer, CancellationToken cancellationToken)
    {
        try
        {
            if (channel != KernelChannel.Stdin && header.MsgType.EndsWith("_request", StringComparison.Ordinal) && _awaited.Count < MaxAwaited)
            {
                _awaited[header.MsgId] = true;
            }

            await _sockets[channel].SendAsync((message with { Identities = [] }).Encode(signer), cancellationToken);
        }
        finally
        {
            Interlocked.Decrement(ref _sending);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_sockets.Values.Select(socket => socket.DisposeAsync().AsTask()));

        // What it hands on may be stuck at a client that does not take it.
        await Task.WhenAny(_receiving, Task.Delay(DrainTime));
    }

    private async Task ReceiveAsync(KernelChannel channel, Func<KernelChannel, JupyterMessage, ValueTask> pass, JupyterSigner signer)
    {
        try
        {
            while (true)
            {
                if (!JupyterMessage.TryDecode(await _sockets[channel].ReceiveAsync(), signer, out var message, out _))
                {
                    continue;
                }

                await pass(channel, message);
                if (channel != KernelChannel.Stdin && JupyterHeader.TryParse(message.ParentHeader.Span, out var parent))
                {
                    _awaited.TryRemove(parent.MsgId, out _);
                }
            }
        }
        catch (ZmtpException)
        {
            // The kernel has ended, or the client has not been heard of for long: nothing more will come.
            _isBroken = true;
            _awaited.Clear();
        }
    }
}
