using System.Net;
using System.Net.Sockets;

namespace Lyceum.Messaging;

/// <summary>One connection to a peer after the handshake. One caller receives at a time; any number may send.</summary>
internal sealed class ZmtpConnection : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly MessageReader _reader;
    private readonly MessageWriter _writer;
    private readonly NetworkStream _stream;
    private readonly ReadAhead? _readAhead;
    private readonly ZmtpOptions _options;
    private bool _peerKnowsCommands;
    private int _disposed;

    private ZmtpConnection(Socket socket, SocketType type, ZmtpOptions options)
    {
        Endpoint.Tune(socket);
        _socket = socket;
        _options = options;
        _stream = new NetworkStream(socket, ownsSocket: false);
        _readAhead = type == SocketType.Subscriber || options.ReceiveOnReadAheadThread ? new ReadAhead(socket, options) : null;
        _reader = _readAhead is null ? new MessageReader(_stream, options) : new MessageReader(_readAhead.Reader, options);
        _writer = new MessageWriter(socket, options);
    }

    /// <summary>The routing id that the peer announced; empty if none.</summary>
    public byte[] PeerIdentity { get; private set; } = [];

    /// <summary>Whether the caller runs on the thread that reads ahead.</summary>
    public bool IsOnReadAheadThread => _readAhead?.IsCurrentThread is true;

    /// <summary>Connects and shakes hands; tries again while nobody listens there, until cancelled.</summary>
    public static async Task<ZmtpConnection> ConnectAsync(
        string endpoint, SocketType type, ReadOnlyMemory<byte> identity, ZmtpOptions options, CancellationToken cancellationToken)
    {
        EndPoint target = await Endpoint.ResolveAsync(endpoint, cancellationToken);
        TimeSpan pause = TimeSpan.FromMilliseconds(2);
        while (true)
        {
            Socket socket = Endpoint.CreateSocket(target);
            try
            {
                if (options.SystemBufferBytes > 0)
                {
                    // Before connecting, for it decides the window that TCP agrees on.
                    socket.ReceiveBufferSize = options.SystemBufferBytes;
                }

                await socket.ConnectAsync(target, cancellationToken);
                if (!IsConnectedToItself(socket))
                {
                    return await OpenAsync(socket, type, identity, options, cancellationToken);
                }

                // Reset, so that nothing keeps the port from whoever is to listen there.
                socket.LingerState = new LingerOption(true, 0);
                socket.Dispose();
            }
            catch (SocketException exception) when (IsNotYetThere(exception.SocketErrorCode))
            {
                socket.Dispose();
            }
            catch (SocketException exception)
            {
                socket.Dispose();
                throw new ZmtpException(ZmtpError.Unreachable, $"Cannot connect to {endpoint}: {exception.Message}", exception);
            }
            catch
            {
                socket.Dispose();
                throw;
            }

            await Task.Delay(pause, options.TimeProvider, cancellationToken);
            pause = pause < TimeSpan.FromMilliseconds(50) ? pause * 1.5 : pause;
        }
    }

    /// <summary>
    /// Where nobody listens on a port of the range that clients' own ports come from, a connection may be given that very port,
    /// and TCP joins its two ends.
    /// </summary>
    private static bool IsConnectedToItself(Socket socket) =>
        socket.LocalEndPoint is IPEndPoint local && local.Equals(socket.RemoteEndPoint);

    /// <summary>Shakes hands on a connected socket, which this owns from now on.</summary>
    public static async Task<ZmtpConnection> OpenAsync(
        Socket socket, SocketType type, ReadOnlyMemory<byte> identity, ZmtpOptions options, CancellationToken cancellationToken)
    {
        var connection = new ZmtpConnection(socket, type, options);
        using var limit = new CancellationTokenSource(options.HandshakeTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await connection.ShakeHandsAsync(type, identity, either.Token);
            return connection;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            connection.Abort();
            throw new ZmtpException(
                ZmtpError.HandshakeTimeout, $"The peer did not complete the handshake within {options.HandshakeTimeout}.", exception);
        }
        catch (Exception exception) when (exception is ObjectDisposedException or SocketException || (exception is IOException and not ZmtpException))
        {
            connection.Abort();
            throw Closed(exception);
        }
        catch
        {
            connection.Abort();
            throw;
        }
    }

    public ValueTask SendAsync(Message message, CancellationToken cancellationToken) =>
        _writer.WriteAsync(message, isCommand: false, cancellationToken);

    /// <summary>Subscribes or cancels, in the form that the peer's version has.</summary>
    public ValueTask SendSubscriptionAsync(bool subscribe, ReadOnlyMemory<byte> topic, CancellationToken cancellationToken)
    {
        if (_peerKnowsCommands)
        {
            byte[] command = Command.Create(subscribe ? "SUBSCRIBE"u8 : "CANCEL"u8, topic.Span);
            return _writer.WriteCommandAsync(command, cancellationToken);
        }

        byte[] frame = new byte[1 + topic.Length];
        frame[0] = subscribe ? (byte)1 : (byte)0;
        topic.CopyTo(frame.AsMemory(1));
        return SendAsync(new Message([frame]), cancellationToken);
    }

    /// <summary>
    /// The next message. Subscriptions come as ZMTP 3.0 has them, one frame with 1 or 0 in front, whatever the peer sent.
    /// A cancellation in the middle of a large message closes the connection.
    /// </summary>
    public async ValueTask<Message> ReceiveAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                // What was read ahead of a disposal is nobody's concern any more.
                ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
                (Message message, bool isCommand) = await _reader.ReadAsync(cancellationToken);
                if (!isCommand)
                {
                    return message;
                }

                if (Obey(message[0]) is { } subscription)
                {
                    return subscription;
                }
            }
        }
        catch (OperationCanceledException)
        {
            if (_reader.IsTorn)
            {
                Abort();
            }

            throw;
        }
        catch (ZmtpException)
        {
            Abort();
            throw;
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            Abort();
            throw Closed(exception);
        }
    }

    /// <summary>Closes at once; what is queued is lost.</summary>
    public void Abort()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Close();
        }
    }

    /// <summary>Closes after what is queued has left, within the linger time.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            await _writer.CompleteAsync(_options.Linger, _options.TimeProvider);
            Close();
        }

        await (_readAhead?.Ended ?? Task.CompletedTask);
    }

    private static ZmtpException Closed(Exception inner) =>
        new(ZmtpError.ConnectionClosed, "The connection is closed.", inner);

    private static bool IsNotYetThere(SocketError error) => error
        is SocketError.ConnectionRefused or SocketError.AddressNotAvailable or SocketError.HostNotFound
        or SocketError.SocketError or SocketError.TryAgain or SocketError.WouldBlock;

    private void Close()
    {
        _socket.Dispose();
        _stream.Dispose();
        _readAhead?.Stop();
    }

    private Message? Obey(ReadOnlyMemory<byte> body)
    {
        if (Command.Is(body, "PING"u8, out ReadOnlyMemory<byte> ping))
        {
            // Two bytes of time to live, then at most 16 of context to send back.
            ReadOnlySpan<byte> context = ping.Length > 2 ? ping.Span[2..Math.Min(ping.Length, 18)] : [];
            _writer.TryWriteCommand(Command.Create("PONG"u8, context));
            return null;
        }

        if (Command.Is(body, "SUBSCRIBE"u8, out ReadOnlyMemory<byte> topic))
        {
            return new Message([(byte[])[1, .. topic.Span]]);
        }

        if (Command.Is(body, "CANCEL"u8, out topic))
        {
            return new Message([(byte[])[0, .. topic.Span]]);
        }

        if (Command.Is(body, "ERROR"u8, out ReadOnlyMemory<byte> error))
        {
            throw new ZmtpException(ZmtpError.Refused, $"The peer gave up: {Command.ErrorReason(error.Span)}");
        }

        // PONG and whatever a later version adds.
        return null;
    }

    private async Task ShakeHandsAsync(SocketType type, ReadOnlyMemory<byte> identity, CancellationToken cancellationToken)
    {
        await _writer.WriteBytesAsync(Greeting.Create(), cancellationToken);
        Greeting.CheckVersion(await _reader.PeekAsync(Greeting.VersionLength, cancellationToken));
        _peerKnowsCommands = Greeting.Parse(await _reader.ReadExactlyAsync(Greeting.Length, cancellationToken));

        await _writer.WriteCommandAsync(Command.Ready(type, identity.Span), cancellationToken);
        (Message ready, bool isCommand) = await _reader.ReadAsync(cancellationToken);
        if (!isCommand)
        {
            throw new ZmtpException(ZmtpError.Malformed, "The peer sent a message where READY belongs.");
        }

        (string peerType, PeerIdentity) = Command.ParseReady(ready[0]);
        if (!type.Accepts(peerType))
        {
            _writer.TryWriteCommand(Command.Create("ERROR"u8, [(byte)"Invalid socket type".Length, .. "Invalid socket type"u8]));
            throw new ZmtpException(ZmtpError.IncompatibleSocket, $"A {type.Name} socket does not talk to a {peerType} socket.");
        }
    }
}
