using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Lyceum.Messaging;

/// <summary>
/// Sends every message to the peers that subscribed to its first frame. A slow subscriber slows the publisher down
/// instead of losing messages, up to <see cref="ZmtpOptions.StallTimeout"/>; then its connection is closed,
/// which it notices, unlike a gap.
/// </summary>
public sealed class PublisherSocket : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ZmtpConnection, Subscriptions> _subscribers = new();
    private readonly Channel<ReadOnlyMemory<byte>> _arrivals;
    private readonly ZmtpOptions _options;
    private readonly ZmtpListener _listener;

    private PublisherSocket(string endpoint, ZmtpOptions options)
    {
        _options = options;
        _arrivals = Channel.CreateBounded<ReadOnlyMemory<byte>>(
            new BoundedChannelOptions(options.ReceiveQueueMessages) { FullMode = BoundedChannelFullMode.DropOldest });
        _listener = new ZmtpListener(endpoint, SocketType.Publisher, options, ServeAsync);
    }

    /// <summary>Where this listens, with the port that was chosen when the endpoint left it open (<c>:0</c>).</summary>
    public string Endpoint => _listener.Endpoint;

    /// <summary>Listens at the endpoint.</summary>
    /// <exception cref="ZmtpException">The endpoint is taken or does not exist here.</exception>
    public static PublisherSocket Bind(string endpoint, ZmtpOptions? options = null) =>
        new(endpoint, options ?? ZmtpOptions.Default);

    /// <summary>
    /// The topic of the next subscription that arrives, from which moment its subscriber gets what is sent.
    /// A publisher that does not care need not call this.
    /// </summary>
    /// <exception cref="ChannelClosedException">The socket was disposed.</exception>
    public ValueTask<ReadOnlyMemory<byte>> ReceiveSubscriptionAsync(CancellationToken cancellationToken = default) =>
        _arrivals.Reader.ReadAsync(cancellationToken);

    /// <summary>Queues the message for its subscribers. Callers that need an order await each call.</summary>
    public async ValueTask SendAsync(Message message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        List<Task>? waiting = null;
        foreach ((ZmtpConnection connection, Subscriptions subscriptions) in _subscribers)
        {
            if (subscriptions.Match(message[0].Span))
            {
                ValueTask sent = connection.SendAsync(message, CancellationToken.None);
                if (!sent.IsCompletedSuccessfully)
                {
                    (waiting ??= []).Add(WaitAsync(connection, sent.AsTask(), cancellationToken));
                }
            }
        }

        if (waiting is not null)
        {
            await Task.WhenAll(waiting);
        }
    }

    /// <summary>Stops listening, lets what was sent leave within the linger time, and closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _listener.DisposeAsync();
        _arrivals.Writer.TryComplete();
    }

    private async Task WaitAsync(ZmtpConnection connection, Task sent, CancellationToken cancellationToken)
    {
        try
        {
            await sent.WaitAsync(_options.StallTimeout, _options.TimeProvider, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or ZmtpException)
        {
            connection.Abort();
        }
    }

    private async Task ServeAsync(ZmtpConnection connection, CancellationToken cancellationToken)
    {
        var subscriptions = new Subscriptions();
        _subscribers[connection] = subscriptions;
        try
        {
            while (true)
            {
                Message message = await connection.ReceiveAsync(cancellationToken);
                if (message.Count == 1 && subscriptions.Apply(message[0].Span) && message[0].Span[0] == 1)
                {
                    _arrivals.Writer.TryWrite(message[0][1..]);
                }
            }
        }
        finally
        {
            _subscribers.TryRemove(connection, out _);
        }
    }
}
