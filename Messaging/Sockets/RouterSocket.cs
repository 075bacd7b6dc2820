using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Threading.Channels;

namespace Lyceum.Messaging;

/// <summary>Receives from all its peers, each message with the peer's routing id in front, and sends to the peer so named.</summary>
public sealed class RouterSocket : IAsyncDisposable
{
    private readonly ConcurrentDictionary<RoutingId, ZmtpConnection> _peers = new();
    private readonly Channel<Message> _received;
    private readonly ZmtpListener _listener;

    private RouterSocket(string endpoint, object type, ZmtpOptions options)
    {
        _received = Channel.CreateBounded<Message>(options.ReceiveQueueMessages);
        _listener = new ZmtpListener(endpoint, (SocketType)type, options, ServeAsync);
    }

    /// <summary>Where this listens, with the port that was chosen when the endpoint left it open (<c>:0</c>).</summary>
    public string Endpoint => _listener.Endpoint;

    /// <summary>Listens at the endpoint.</summary>
    /// <exception cref="ZmtpException">The endpoint is taken or does not exist here.</exception>
    public static RouterSocket Bind(string endpoint, ZmtpOptions? options = null) =>
        new(endpoint, SocketType.Router, options ?? ZmtpOptions.Default);

    /// <summary>The next message of any peer, its routing id in front.</summary>
    /// <exception cref="ChannelClosedException">The socket was disposed.</exception>
    public ValueTask<Message> ReceiveAsync(CancellationToken cancellationToken = default) =>
        _received.Reader.ReadAsync(cancellationToken);

    /// <summary>Sends to the peer whose routing id is the first frame; false if there is no such peer (any more).</summary>
    public async ValueTask<bool> SendAsync(Message message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Count < 2 || !_peers.TryGetValue(new RoutingId(message[0]), out ZmtpConnection? peer))
        {
            return false;
        }

        try
        {
            await peer.SendAsync(message.From(1), cancellationToken);
            return true;
        }
        catch (ZmtpException)
        {
            return false;
        }
    }

    /// <summary>Stops listening, lets what was sent leave within the linger time, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _received.Writer.TryComplete();
    }

    internal static RouterSocket BindReply(string endpoint, ZmtpOptions options) => new(endpoint, SocketType.Reply, options);

    private async Task ServeAsync(ZmtpConnection connection, CancellationToken cancellationToken)
    {
        RoutingId id = Register(connection);
        try
        {
            while (true)
            {
                Message message = await connection.ReceiveAsync(cancellationToken);
                await _received.Writer.WriteAsync(message.Prepend(id.Bytes), cancellationToken);
            }
        }
        finally
        {
            _peers.TryRemove(KeyValuePair.Create(id, connection));
        }
    }

    private RoutingId Register(ZmtpConnection connection)
    {
        if (connection.PeerIdentity.Length == 0)
        {
            // Zero in front, as no peer may choose it: a chosen id never collides with these.
            byte[] made = [0, .. RandomNumberGenerator.GetBytes(8)];
            var id = new RoutingId(made);
            _peers[id] = connection;
            return id;
        }

        var chosen = new RoutingId(connection.PeerIdentity);
        while (!_peers.TryAdd(chosen, connection))
        {
            // A client that lost its connection comes back under its name before this end has noticed the loss.
            if (_peers.TryRemove(chosen, out ZmtpConnection? stale))
            {
                stale.Abort();
            }
        }

        return chosen;
    }
}
