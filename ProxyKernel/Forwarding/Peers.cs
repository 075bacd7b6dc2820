using System.Security.Cryptography;
using Lyceum.Messaging;
using Lyceum.ProxyKernel.SubKernels;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>For each client one set of sockets at the kernel, under an identity that they share: so its answers and its questions find the client.</summary>
internal sealed class Peers(SubKernel kernel, KernelSide side, ClientSide clients) : IAsyncDisposable
{
    private const int MaxPeers = 64;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Gives the kernel a message of the client with that identity.</summary>
    public async Task SendAsync(KernelChannel channel, ReadOnlyMemory<byte> client, JupyterMessage message, CancellationToken cancellationToken)
    {
        Peer peer;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            peer = await OfAsync(client, cancellationToken);
            peer.LastUsed = ++_clock;
        }
        finally
        {
            _gate.Release();
        }

        await peer[channel].SendAsync((message with { Identities = [] }).Encode(side.Signer), cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_peers.Values.Select(peer => peer.DisposeAsync().AsTask()));
        _gate.Dispose();
    }

    private async Task<Peer> OfAsync(ReadOnlyMemory<byte> client, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexString(client.Span);
        if (_peers.TryGetValue(key, out var known))
        {
            return known;
        }

        if (_peers.Count >= MaxPeers)
        {
            var (oldest, left) = _peers.MinBy(peer => peer.Value.LastUsed);
            _peers.Remove(oldest);
            await left.DisposeAsync();
        }

        var made = await Peer.ConnectAsync(kernel.Connection, cancellationToken);
        made.Begin((channel, frames) => JupyterMessage.TryDecode(frames, side.Signer, out var message, out _)
            ? clients.SendAsync(channel, client, message, CancellationToken.None)
            : ValueTask.CompletedTask);
        return _peers[key] = made;
    }

    private sealed class Peer : IAsyncDisposable
    {
        private static readonly KernelChannel[] All = [KernelChannel.Shell, KernelChannel.Control, KernelChannel.Stdin];

        private readonly Dictionary<KernelChannel, DealerSocket> _sockets = [];
        private Task _receiving = Task.CompletedTask;

        public long LastUsed { get; set; }

        public DealerSocket this[KernelChannel channel] => _sockets[channel];

        public static async Task<Peer> ConnectAsync(ConnectionFile file, CancellationToken cancellationToken)
        {
            var identity = RandomNumberGenerator.GetBytes(16);
            identity[0] |= 0x80;
            var peer = new Peer();
            foreach (var channel in All)
            {
                peer._sockets[channel] = await DealerSocket.ConnectAsync(file.EndpointOf(channel), identity, cancellationToken: cancellationToken);
            }

            return peer;
        }

        public void Begin(Func<KernelChannel, Message, ValueTask> pass) => _receiving = Task.WhenAll(All.Select(channel => ReceiveAsync(channel, pass)));

        public async ValueTask DisposeAsync()
        {
            await Task.WhenAll(_sockets.Values.Select(socket => socket.DisposeAsync().AsTask()));
            await _receiving;
        }

        private async Task ReceiveAsync(KernelChannel channel, Func<KernelChannel, Message, ValueTask> pass)
        {
            try
            {
                while (true)
                {
                    await pass(channel, await _sockets[channel].ReceiveAsync());
                }
            }
            catch (ZmtpException)
            {
                // The kernel has ended, or the client has not been heard of for long.
            }
        }
    }
}
