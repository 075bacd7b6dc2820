using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Lyceum.Messaging.Tests;

/// <summary>Peers that send nonsense, half of it, or nothing.</summary>
public sealed class HostilePeerTests : IDisposable
{
    private static readonly byte[] Greeting =
        [0xFF, 0, 0, 0, 0, 0, 0, 0, 1, 0x7F, 3, 0, .. "NULL"u8, .. new byte[48]];

    private static readonly byte[] DealerReady =
        [4, 28, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 6, .. "DEALER"u8];

    private static readonly byte[] PublisherReady =
        [4, 25, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 3, .. "PUB"u8];

    private static readonly byte[] RouterReady =
        [4, 28, 5, .. "READY"u8, 11, .. "Socket-Type"u8, 0, 0, 0, 6, .. "ROUTER"u8];

    private readonly CancellationTokenSource _limit = Limit.Start(60);

    private CancellationToken Cancel => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task Random_greetings_do_not_disturb_a_router()
    {
        var random = new Random(20);
        await using RouterSocket router = RouterSocket.Bind("tcp://127.0.0.1:0");
        for (int i = 0; i < 200; i++)
        {
            byte[] nonsense = i % 2 == 0 ? [.. Greeting] : new byte[random.Next(1, 200)];
            if (i % 2 == 0)
            {
                nonsense[random.Next(nonsense.Length)] ^= (byte)random.Next(1, 256);
            }
            else
            {
                random.NextBytes(nonsense);
            }

            using Socket socket = await ConnectAsync(router.Endpoint);
            await socket.SendAsync(nonsense, Cancel);
        }

        await AssertAliveAsync(router);
    }

    [Fact]
    public async Task Random_frames_after_a_good_handshake_do_not_disturb_a_router()
    {
        var random = new Random(21);
        await using RouterSocket router = RouterSocket.Bind("tcp://127.0.0.1:0");
        for (int i = 0; i < 200; i++)
        {
            byte[] nonsense = new byte[random.Next(1, 400)];
            random.NextBytes(nonsense);
            using Socket socket = await ConnectAsync(router.Endpoint);
            await socket.SendAsync((byte[])[.. Greeting, .. DealerReady, .. nonsense], Cancel);
        }

        await AssertAliveAsync(router);
    }

    [Fact]
    public async Task A_frame_that_announces_more_than_the_limit_ends_the_connection_without_being_awaited()
    {
        await using RouterSocket router = RouterSocket.Bind("tcp://127.0.0.1:0");
        using Socket socket = await ConnectAsync(router.Endpoint);
        await socket.SendAsync((byte[])[.. Greeting, .. DealerReady, 2, 0x7F, 0, 0, 0, 0, 0, 0, 0], Cancel);

        await AssertClosedAsync(socket);
        await AssertAliveAsync(router);
    }

    [Fact]
    public async Task A_peer_that_never_completes_the_handshake_is_dropped()
    {
        var options = new ZmtpOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(200) };
        await using RouterSocket router = RouterSocket.Bind("tcp://127.0.0.1:0", options);
        using Socket socket = await ConnectAsync(router.Endpoint);
        await socket.SendAsync(Greeting.AsMemory(0, 20), Cancel);

        await AssertClosedAsync(socket);
    }

    [Fact]
    public async Task A_client_gives_up_on_a_server_that_never_answers()
    {
        using var silent = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
        silent.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        silent.Listen();
        var options = new ZmtpOptions { HandshakeTimeout = TimeSpan.FromMilliseconds(200) };

        ZmtpException failure = await Assert.ThrowsAsync<ZmtpException>(
            () => DealerSocket.ConnectAsync($"tcp://{silent.LocalEndPoint}", options: options, cancellationToken: Cancel));
        Assert.Equal(ZmtpError.HandshakeTimeout, failure.Error);
    }

    [Theory]
    [InlineData("HTTP/1.1 400 Bad Request\r\n\r\n", ZmtpError.Malformed)]
    [InlineData("\u0001\u0000", ZmtpError.ConnectionClosed)]
    public async Task A_client_says_what_is_wrong_with_a_server_that_speaks_something_else(string answer, ZmtpError expected)
    {
        using Socket server = Listen();
        Task<DealerSocket> connecting = DealerSocket.ConnectAsync($"tcp://{server.LocalEndPoint}", cancellationToken: Cancel);
        using Socket accepted = await server.AcceptAsync(Cancel);
        await accepted.SendAsync(Encoding.ASCII.GetBytes(answer), Cancel);
        accepted.Shutdown(SocketShutdown.Send);

        Assert.Equal(expected, (await Assert.ThrowsAsync<ZmtpException>(() => connecting)).Error);
    }

    [Fact]
    public async Task Random_frames_end_a_subscriber_and_a_dealer_and_do_them_no_other_harm()
    {
        var random = new Random(23);
        using Socket server = Listen();
        for (int i = 0; i < 200; i++)
        {
            byte[] nonsense = new byte[random.Next(1, 400)];
            random.NextBytes(nonsense);
            var options = new ZmtpOptions { ReceiveOnReadAheadThread = i % 4 == 1 };
            Task<IAsyncDisposable> connecting = i % 2 == 0
                ? ConnectedAsync(SubscriberSocket.ConnectAsync($"tcp://{server.LocalEndPoint}", options, Cancel))
                : ConnectedAsync(DealerSocket.ConnectAsync($"tcp://{server.LocalEndPoint}", options: options, cancellationToken: Cancel));
            using Socket accepted = await server.AcceptAsync(Cancel);
            await accepted.SendAsync((byte[])[.. Greeting, .. i % 2 == 0 ? PublisherReady : RouterReady, .. nonsense], Cancel);
            accepted.Shutdown(SocketShutdown.Send);
            await using IAsyncDisposable socket = await connecting;

            // Some of it may make a message; the end comes as an end, or as what was wrong.
            await Assert.ThrowsAsync<ZmtpException>(async () =>
            {
                while (true)
                {
                    _ = socket is SubscriberSocket subscriber ? await subscriber.ReceiveAsync(Cancel) : await ((DealerSocket)socket).ReceiveAsync(Cancel);
                }
            });
        }

        static async Task<IAsyncDisposable> ConnectedAsync<T>(Task<T> connecting)
            where T : IAsyncDisposable => await connecting;
    }

    [Fact]
    public async Task A_peer_of_version_3_0_gets_its_subscription_as_a_message()
    {
        using Socket server = Listen();
        Task<SubscriberSocket> connecting = SubscriberSocket.ConnectAsync($"tcp://{server.LocalEndPoint}", cancellationToken: Cancel);
        using Socket accepted = await server.AcceptAsync(Cancel);
        await accepted.SendAsync((byte[])[.. Greeting, .. PublisherReady], Cancel);
        await using SubscriberSocket subscriber = await connecting;
        await subscriber.SubscribeAsync("abc"u8.ToArray(), Cancel);

        await using NetworkStream stream = await SkipHandshakeAsync(accepted);
        byte[] received = new byte[6];
        await stream.ReadExactlyAsync(received, Cancel);
        Assert.Equal([0, 4, 1, .. "abc"u8], received);
    }

    [Fact]
    public async Task A_ping_is_answered_with_its_context_while_a_receive_is_pending()
    {
        using Socket server = Listen();
        Task<SubscriberSocket> connecting = SubscriberSocket.ConnectAsync($"tcp://{server.LocalEndPoint}", cancellationToken: Cancel);
        using Socket accepted = await server.AcceptAsync(Cancel);
        await accepted.SendAsync((byte[])[.. Greeting, .. PublisherReady, 4, 10, 4, .. "PING"u8, 0, 50, .. "ctx"u8], Cancel);
        await using SubscriberSocket subscriber = await connecting;
        ValueTask<Message> pending = subscriber.ReceiveAsync(Cancel);

        await using NetworkStream stream = await SkipHandshakeAsync(accepted);
        byte[] received = new byte[10];
        await stream.ReadExactlyAsync(received, Cancel);
        Assert.Equal([4, 8, 4, .. "PONG"u8, .. "ctx"u8], received);
        await accepted.SendAsync((byte[])[0, 1, 7], Cancel);
        Assert.Equal([7], (await pending)[0].ToArray());
    }

    private static Socket Listen()
    {
        var socket = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        return socket;
    }

    private async Task<NetworkStream> SkipHandshakeAsync(Socket socket)
    {
        var stream = new NetworkStream(socket);
        byte[] received = new byte[255];
        await stream.ReadExactlyAsync(received.AsMemory(0, 64), Cancel);
        await stream.ReadExactlyAsync(received.AsMemory(0, 2), Cancel);
        await stream.ReadExactlyAsync(received.AsMemory(0, received[1]), Cancel);
        return stream;
    }

    private async Task<Socket> ConnectAsync(string endpoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, ProtocolType.Tcp);
        int port = int.Parse(endpoint[(endpoint.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
        await socket.ConnectAsync(IPAddress.Loopback, port, Cancel);
        return socket;
    }

    private async Task AssertClosedAsync(Socket socket)
    {
        byte[] buffer = new byte[1024];
        try
        {
            while (await socket.ReceiveAsync(buffer, Cancel) > 0)
            {
            }
        }
        catch (SocketException exception)
        {
            Assert.Equal(SocketError.ConnectionReset, exception.SocketErrorCode);
        }
    }

    private async Task AssertAliveAsync(RouterSocket router)
    {
        await using DealerSocket dealer = await DealerSocket.ConnectAsync(router.Endpoint, "checker"u8.ToArray(), cancellationToken: Cancel);
        await dealer.SendAsync(Limit.Message("alive?"), Cancel);
        Message message;
        do
        {
            // Nonsense may happen to be a well-formed message.
            message = await router.ReceiveAsync(Cancel);
        }
        while (!message[0].Span.SequenceEqual("checker"u8));

        await router.SendAsync(Limit.Message("checker", "alive"), Cancel);
        Assert.Equal(["alive"], (await dealer.ReceiveAsync(Cancel)).Texts());
    }
}
