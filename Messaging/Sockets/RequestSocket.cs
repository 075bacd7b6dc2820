namespace Lyceum.Messaging;

/// <summary>Sends requests and receives their replies, one after the other.</summary>
public sealed class RequestSocket : IAsyncDisposable
{
    private readonly ZmtpConnection _connection;

    private RequestSocket(ZmtpConnection connection) => _connection = connection;

    /// <summary>Connects; while nobody listens yet, tries again until cancelled.</summary>
    /// <exception cref="ZmtpException">The peer is not one that this can talk to.</exception>
    public static async Task<RequestSocket> ConnectAsync(
        string endpoint, ZmtpOptions? options = null, CancellationToken cancellationToken = default) =>
        new(await ZmtpConnection.ConnectAsync(endpoint, SocketType.Request, default, options ?? ZmtpOptions.Default, cancellationToken));

    /// <summary>Sends a request. The caller receives its reply before it sends the next.</summary>
    public ValueTask SendAsync(Message message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        return _connection.SendAsync(message.Prepend(default), cancellationToken);
    }

    /// <summary>The reply.</summary>
    /// <exception cref="ZmtpException">The connection ended, or the peer sent what is not a reply.</exception>
    public async ValueTask<Message> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        Message message = await _connection.ReceiveAsync(cancellationToken);
        if (message.Count < 2 || !message[0].IsEmpty)
        {
            _connection.Abort();
            throw new ZmtpException(ZmtpError.Malformed, "The peer sent a reply without its empty first frame.");
        }

        return message.From(1);
    }

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
