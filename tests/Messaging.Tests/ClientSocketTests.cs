using System.Text;

namespace Lyceum.Messaging.Tests;

public sealed class ClientSocketTests : IDisposable
{
    private readonly CancellationTokenSource _limit = Limit.Start();

    private CancellationToken Cancel => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task A_dealer_gets_its_multipart_messages_back_from_a_libzmq_router()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("ROUTER", "echo");
        await using DealerSocket dealer = await DealerSocket.ConnectAsync(peer.Endpoint, cancellationToken: Cancel);
        await dealer.SendAsync(Limit.Message("a", "", "c"), Cancel);
        await dealer.SendAsync(Limit.Message(new string('x', 300)), Cancel);

        Assert.Equal(["a", "", "c"], (await dealer.ReceiveAsync(Cancel)).Texts());
        Assert.Equal([new string('x', 300)], (await dealer.ReceiveAsync(Cancel)).Texts());
    }

    [Fact]
    public async Task A_libzmq_router_knows_a_dealer_by_its_identity()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("ROUTER");
        await using DealerSocket dealer = await DealerSocket.ConnectAsync(peer.Endpoint, Encoding.UTF8.GetBytes("client-7"), cancellationToken: Cancel);
        await dealer.SendAsync(Limit.Message("hello"), Cancel);

        Assert.Equal($"got {Limit.Hex("client-7")} {Limit.Hex("hello")}", await peer.HearAsync());
    }

    [Fact]
    public async Task A_message_of_50_MB_goes_and_comes_back_whole()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("ROUTER", "echo");
        await using DealerSocket dealer = await DealerSocket.ConnectAsync(peer.Endpoint, cancellationToken: Cancel);
        byte[] large = new byte[50 * 1024 * 1024];
        new Random(1).NextBytes(large);
        await dealer.SendAsync(new Message([Encoding.UTF8.GetBytes("before"), large, Encoding.UTF8.GetBytes("after")]), Cancel);
        Message echoed = await dealer.ReceiveAsync(Cancel);

        Assert.Equal(3, echoed.Count);
        Assert.True(echoed[1].Span.SequenceEqual(large));
        Assert.Equal("after", Encoding.UTF8.GetString(echoed[2].Span));
    }

    [Fact]
    public async Task A_subscriber_gets_from_a_libzmq_publisher_what_it_subscribed_to()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("XPUB");
        await using SubscriberSocket subscriber = await SubscriberSocket.ConnectAsync(peer.Endpoint, cancellationToken: Cancel);
        await subscriber.SubscribeAsync(Encoding.UTF8.GetBytes("wanted"), Cancel);
        Assert.Equal($"got {Convert.ToHexStringLower([1, .. "wanted"u8])}", await peer.HearAsync());
        await peer.SayAsync($"send {Limit.Hex("other")} {Limit.Hex("no")}");
        await peer.SayAsync($"send {Limit.Hex("wanted.now")} {Limit.Hex("yes")}");

        Assert.Equal(["wanted.now", "yes"], (await subscriber.ReceiveAsync(Cancel)).Texts());

        await subscriber.UnsubscribeAsync(Encoding.UTF8.GetBytes("wanted"), Cancel);
        string line = await peer.HearAsync();
        while (line.StartsWith("sent", StringComparison.Ordinal))
        {
            line = await peer.HearAsync();
        }

        Assert.Equal($"got {Convert.ToHexStringLower([0, .. "wanted"u8])}", line);
    }

    [Fact]
    public async Task A_subscriber_loses_nothing_of_a_flood()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("XPUB");
        await using SubscriberSocket subscriber = await SubscriberSocket.ConnectAsync(peer.Endpoint, cancellationToken: Cancel);
        await subscriber.SubscribeAsync(default, Cancel);
        Assert.Equal("got 01", await peer.HearAsync());
        await peer.SayAsync("flood 100000 0");
        for (int i = 0; i < 100_000; i++)
        {
            Assert.Equal(i.ToString(System.Globalization.CultureInfo.InvariantCulture), (await subscriber.ReceiveAsync(Cancel)).Texts()[1]);
        }
    }

    [Fact]
    public async Task A_request_is_answered_by_a_libzmq_reply_socket()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("REP", "echo");
        await using RequestSocket request = await RequestSocket.ConnectAsync(peer.Endpoint, cancellationToken: Cancel);
        for (int i = 0; i < 3; i++)
        {
            await request.SendAsync(Limit.Message("ping", $"{i}"), Cancel);
            Assert.Equal(["ping", $"{i}"], (await request.ReceiveAsync(Cancel)).Texts());
        }
    }

    [Fact]
    public async Task Ipc_endpoints_work_like_tcp_ones()
    {
        string path = Path.Combine(Path.GetTempPath(), $"lyceum-{Guid.NewGuid():N}");
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("ROUTER", "echo", $"ipc://{path}");
        await using DealerSocket dealer = await DealerSocket.ConnectAsync($"ipc://{path}", cancellationToken: Cancel);
        await dealer.SendAsync(Limit.Message("over", "ipc"), Cancel);

        Assert.Equal(["over", "ipc"], (await dealer.ReceiveAsync(Cancel)).Texts());
    }

    [Fact]
    public async Task A_dealer_that_comes_before_its_peer_waits_for_it()
    {
        string path = Path.Combine(Path.GetTempPath(), $"lyceum-{Guid.NewGuid():N}");
        Task<DealerSocket> connecting = DealerSocket.ConnectAsync($"ipc://{path}", cancellationToken: Cancel);
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("ROUTER", "echo", $"ipc://{path}");
        await using DealerSocket dealer = await connecting;
        await dealer.SendAsync(Limit.Message("late"), Cancel);

        Assert.Equal(["late"], (await dealer.ReceiveAsync(Cancel)).Texts());
    }

    [Fact]
    public async Task The_death_of_the_peer_ends_a_pending_receive()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("ROUTER", "echo");
        await using DealerSocket dealer = await DealerSocket.ConnectAsync(peer.Endpoint, cancellationToken: Cancel);
        Task<Message> pending = dealer.ReceiveAsync(Cancel).AsTask();
        peer.Kill();

        Assert.Equal(ZmtpError.ConnectionClosed, (await Assert.ThrowsAsync<ZmtpException>(() => pending)).Error);
    }

    [Fact]
    public async Task A_socket_of_the_wrong_type_is_told_so()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("REP", "echo");

        ZmtpException refused = await Assert.ThrowsAsync<ZmtpException>(
            () => SubscriberSocket.ConnectAsync(peer.Endpoint, cancellationToken: Cancel));
        Assert.True(refused.Error is ZmtpError.IncompatibleSocket or ZmtpError.ConnectionClosed or ZmtpError.Refused, refused.Message);
    }

    [Fact]
    public async Task A_cancelled_receive_leaves_the_socket_usable()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("ROUTER", "echo");
        await using DealerSocket dealer = await DealerSocket.ConnectAsync(peer.Endpoint, cancellationToken: Cancel);
        using var impatient = new CancellationTokenSource();
        ValueTask<Message> pending = dealer.ReceiveAsync(impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await pending);
        await dealer.SendAsync(Limit.Message("again"), Cancel);

        Assert.Equal(["again"], (await dealer.ReceiveAsync(Cancel)).Texts());
    }
}
