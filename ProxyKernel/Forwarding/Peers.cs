using Lyceum.Messaging;
using Lyceum.ProxyKernel.SubKernels;

namespace Lyceum.ProxyKernel.Forwarding;

/// <summary>The clients' sockets at the kernel, a set for each.</summary>
internal sealed class Peers(SubKernel kernel, KernelSide side, ClientSide clients) : IAsyncDisposable
{
    // Clients that have gone do not say so. Beyond the first number those go that are owed nothing, beyond the second any.
    private const int MaxIdle = 64;
    private const int MaxPeers = 256;
    private static readonly TimeSpan ReplyTime = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, Peer> _peers = new(StringComparer.Ordinal);
    private long _clock;

    /// <summary>Gives the kernel a message of the client with that identity.</summary>
    /// <exception cref="ZmtpException">The kernel cannot be reached.</exception>
    public async Task SendAsync(KernelChannel channel, ReadOnlyMemory<byte> client, JupyterHeader header, JupyterMessage message, CancellationToken cancellationToken)
    {
        try
        {
            await SendOnceAsync(channel, client, header, message, cancellationToken);
        }
        catch (ZmtpException) when (side.IsThere)
        {
            // The connection broke and not the kernel, so that another may do.
            await SendOnceAsync(channel, client, header, message, cancellationToken);
        }
    }

    private async Task SendOnceAsync(KernelChannel channel, ReadOnlyMemory<byte> client, JupyterHeader header, JupyterMessage message, CancellationToken cancellationToken)
    {
        var key = Convert.ToHexString(client.Span);
        Peer peer;
        await _gate.WaitAsync(cancellationToken);
        try
        {
            peer = await OfAsync(key, client, cancellationToken);
            peer.LastUsed = ++_clock;
            peer.Claim();
        }
        finally
        {
            _gate.Release();
        }

        try
        {
            await peer.SendAsync(channel, header, message, side.Signer, cancellationToken);
        }
        catch (ZmtpException)
        {
            await ForgetAsync(key, peer, cancellationToken);
            throw;
        }
    }

    /// <summary>Does something while nothing is on its way to the kernel; if that has moved the kernel, the clients get other sockets there.</summary>
    public async Task WhileNobodySendsAsync(Func<Task<bool>> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            // What a kernel that is idle does not answer by and by it does not answer at all.
            for (var waited = TimeSpan.Zero; waited < ReplyTime && side.IsIdle && _peers.Values.Any(peer => peer.IsAwaiting); waited += Pause)
            {
                await Task.Delay(Pause, cancellationToken);
            }

            if (await work())
            {
                await DropAllAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DropAllAsync();
        _gate.Dispose();
    }

    private async Task DropAllAsync()
    {
        await Task.WhenAll(_peers.Values.Select(peer => peer.DisposeAsync().AsTask()));
        _peers.Clear();
    }

    private async Task ForgetAsync(string key, Peer broken, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (_peers.TryGetValue(key, out var known) && known == broken)
            {
                _peers.Remove(key);
                await broken.DisposeAsync();
            }
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<Peer> OfAsync(string key, ReadOnlyMemory<byte> client, CancellationToken cancellationToken)
    {
        if (_peers.TryGetValue(key, out var known))
        {
            if (!known.IsBroken)
            {
                return known;
            }

            _peers.Remove(key);
            await known.DisposeAsync();
        }

        if (_peers.Count >= MaxIdle && Leaving() is { Value: not null } leaving)
        {
            _peers.Remove(leaving.Key);
            await leaving.Value.DisposeAsync();
        }

        var made = await Peer.ConnectAsync(kernel.Connection, cancellationToken);
        made.Begin((channel, message) => clients.SendAsync(channel, client, message, CancellationToken.None), side.Signer);
        return _peers[key] = made;
    }

    private KeyValuePair<string, Peer> Leaving() =>
        _peers.Where(peer => !peer.Value.IsAwaiting || _peers.Count >= MaxPeers).OrderBy(peer => (peer.Value.IsAwaiting, peer.Value.LastUsed)).FirstOrDefault();
}
