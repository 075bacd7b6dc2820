using System.Threading.Channels;

namespace Lyceum.Messaging;

/// <summary>Receives a request, answers it, receives the next: a kernel's heartbeat.</summary>
public sealed class ReplySocket : IAsyncDisposable
{
    private readonly RouterSocket _router;
    private Message? _envelope;

    private ReplySocket(RouterSocket router) => _router = router;

    /// <summary>Where this listens, with the port that was chosen when the endpoint left it open (<c>:0</c>).</summary>
    public string Endpoint => _router.Endpoint;

    /// <summary>Listens at the endpoint.</summary>
    /// <exception cref="ZmtpException">The endpoint is taken or does not exist here.</exception>
    public static ReplySocket Bind(string endpoint, ZmtpOptions? options = null) =>
        new(RouterSocket.BindReply(endpoint, options ?? ZmtpOptions.Default));

    /// <summary>The next request, without its envelope. What lacks an envelope is dropped.</summary>
    /// <exception cref="ChannelClosedException">The socket was disposed.</exception>
    public async ValueTask<Message> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            Message message = await _router.ReceiveAsync(cancellationToken);
            int delimiter = DelimiterOf(message);
            if (delimiter > 0 && delimiter < message.Count - 1)
            {
                _envelope = new Message(message.Frames[..(delimiter + 1)]);
                return message.From(delimiter + 1);
            }
        }
    }

    /// <summary>Answers the request that was received last; false if its sender has gone.</summary>
    /// <exception cref="InvalidOperationException">There is no request to answer.</exception>
    public ValueTask<bool> SendAsync(Message message, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message envelope = _envelope ?? throw new InvalidOperationException("There is no request to answer.");
        _envelope = null;
        return _router.SendAsync(new Message([.. envelope.Frames, .. message.Frames]), cancellationToken);
    }

    /// <summary>Stops listening and closes.</summary>
    public ValueTask DisposeAsync() => _router.DisposeAsync();

    private static int DelimiterOf(Message message)
    {
        ReadOnlySpan<ReadOnlyMemory<byte>> frames = message.Frames;
        for (int i = 1; i < frames.Length; i++)
        {
            if (frames[i].IsEmpty)
            {
                return i;
            }
        }

        return -1;
    }
}
