using System.Security.Cryptography;

namespace Lyceum.Messaging;

/// <summary>The client's side of a ROUTER: sends and receives whole messages in any order.</summary>
public sealed class DealerSocket : IAsyncDisposable
{
    private readonly ZmtpConnection _connection;

    private DealerSocket(ZmtpConnection connection) => _connection = connection;

    /// <summary>A routing id that no other socket has, for sockets of one client that share it.</summary>
    public static byte[] NewIdentity()
    {
        byte[] identity = RandomNumberGenerator.GetBytes(16);

        // Those that begin with zero are for routers to give.
        identity[0] |= 0x80;
        return identity;
    }

    /// <summary>Connects; while nobody listens yet, tries again until cancelled.</summary>
    /// <param name="endpoint"><c>tcp://address:port</c> or <c>ipc://path</c>.</param>
    /// <param name="identity">The routing id under which the peer shall know this socket; empty lets the peer choose.</param>
    /// <param name="options">Limits; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the attempts.</param>
    /// <exception cref="ZmtpException">The peer is not one that this can talk to.</exception>
    public static async Task<DealerSocket> ConnectAsync(
        string endpoint, ReadOnlyMemory<byte> identity = default, ZmtpOptions? options = null, CancellationToken cancellationToken = default) =>
        new(await ZmtpConnection.ConnectAsync(endpoint, SocketType.Dealer, identity, options ?? ZmtpOptions.Default, cancellationToken));

    /// <summary>Queues a message; waits while the queue is full. Safe to call from several threads.</summary>
    public ValueTask SendAsync(Message message, CancellationToken cancellationToken = default) =>
        _connection.SendAsync(message, cancellationToken);

    /// <summary>The next message. One caller at a time.</summary>
    /// <exception cref="ZmtpException">The connection ended.</exception>
    public ValueTask<Message> ReceiveAsync(CancellationToken cancellationToken = default) =>
        _connection.ReceiveAsync(cancellationToken);

    /// <summary>Lets what was sent leave within the linger time, then closes.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
