namespace Lyceum.Messaging;

/// <summary>
/// Receives the messages of a publisher whose first frame starts with a subscribed topic. Publishers drop what is taken
/// too late, so a thread of the socket's own takes what arrives, ahead of <see cref="ReceiveAsync"/> and within
/// <see cref="ZmtpOptions.ReadAheadBytes"/>.
/// </summary>
public sealed class SubscriberSocket : IAsyncDisposable
{
    private readonly ZmtpConnection _connection;

    private SubscriberSocket(ZmtpConnection connection) => _connection = connection;

    /// <summary>Whether the caller runs on the thread that reads ahead, which reads no further until the caller waits.</summary>
    public bool IsOnReadAheadThread => _connection.IsOnReadAheadThread;

    /// <summary>Connects; while nobody listens yet, tries again until cancelled.</summary>
    /// <exception cref="ZmtpException">The peer is not one that this can talk to.</exception>
    public static async Task<SubscriberSocket> ConnectAsync(
        string endpoint, ZmtpOptions? options = null, CancellationToken cancellationToken = default) =>
        new(await ZmtpConnection.ConnectAsync(endpoint, SocketType.Subscriber, default, options ?? ZmtpOptions.Default, cancellationToken));

    /// <summary>Asks for messages that start with the topic; an empty topic asks for all. It takes effect once the publisher has read it.</summary>
    public ValueTask SubscribeAsync(ReadOnlyMemory<byte> topic, CancellationToken cancellationToken = default) =>
        _connection.SendSubscriptionAsync(subscribe: true, topic, cancellationToken);

    /// <summary>Takes one subscription back.</summary>
    public ValueTask UnsubscribeAsync(ReadOnlyMemory<byte> topic, CancellationToken cancellationToken = default) =>
        _connection.SendSubscriptionAsync(subscribe: false, topic, cancellationToken);

    /// <summary>The next message. One caller at a time.</summary>
    /// <exception cref="ZmtpException">The connection ended.</exception>
    public ValueTask<Message> ReceiveAsync(CancellationToken cancellationToken = default) =>
        _connection.ReceiveAsync(cancellationToken);

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
