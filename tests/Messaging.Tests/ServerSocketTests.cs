using System.Text;

namespace Lyceum.Messaging.Tests;

public sealed class ServerSocketTests : IDisposable
{
    private const string AnyPort = "tcp://127.0.0.1:0";

    private readonly CancellationTokenSource _limit = Limit.Start();

    private CancellationToken Cancel => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task A_router_answers_the_libzmq_dealer_that_asked()
    {
        await using RouterSocket router = RouterSocket.Bind(AnyPort);
        await using LibzmqPeer ann = await LibzmqPeer.ConnectAsync("DEALER", router.Endpoint, identity: "ann");
        await using LibzmqPeer anonymous = await LibzmqPeer.ConnectAsync("DEALER", router.Endpoint);
        await ann.SayAsync($"send {Limit.Hex("from ann")} -");
        Assert.Equal(["ann", "from ann", ""], (await router.ReceiveAsync(Cancel)).Texts());
        await anonymous.SayAsync($"send {Limit.Hex("from nobody")}");
        Message second = await router.ReceiveAsync(Cancel);
        Assert.Equal("from nobody", second.Texts()[1]);

        Assert.True(await router.SendAsync(new Message([second[0], Encoding.UTF8.GetBytes("to nobody")]), Cancel));
        Assert.True(await router.SendAsync(Limit.Message("ann", "to ann"), Cancel));
        Assert.False(await router.SendAsync(Limit.Message("bob", "to bob"), Cancel));

        Assert.StartsWith("sent", await anonymous.HearAsync(), StringComparison.Ordinal);
        Assert.Equal($"got {Limit.Hex("to nobody")}", await anonymous.HearAsync());
        Assert.StartsWith("sent", await ann.HearAsync(), StringComparison.Ordinal);
        Assert.Equal($"got {Limit.Hex("to ann")}", await ann.HearAsync());
    }

    [Fact]
    public async Task A_publisher_sends_libzmq_subscribers_what_they_asked_for()
    {
        await using PublisherSocket publisher = PublisherSocket.Bind(AnyPort);
        await using LibzmqPeer subscriber = await LibzmqPeer.ConnectAsync("SUB", publisher.Endpoint);
        await subscriber.SayAsync($"subscribe {Limit.Hex("status")}");
        Assert.Equal("status", Encoding.UTF8.GetString((await publisher.ReceiveSubscriptionAsync(Cancel)).Span));
        await publisher.SendAsync(Limit.Message("stream", "no"), Cancel);
        await publisher.SendAsync(Limit.Message("status.idle", "yes"), Cancel);

        Assert.Equal($"got {Limit.Hex("status.idle")} {Limit.Hex("yes")}", await subscriber.HearAsync());

        // The cancellation travels before the next subscription, so this order shows that it took effect.
        await subscriber.SayAsync($"unsubscribe {Limit.Hex("status")}");
        await subscriber.SayAsync($"subscribe {Limit.Hex("stream")}");
        await publisher.ReceiveSubscriptionAsync(Cancel);
        await publisher.SendAsync(Limit.Message("status.busy", "no"), Cancel);
        await publisher.SendAsync(Limit.Message("stream", "now"), Cancel);

        Assert.Equal($"got {Limit.Hex("stream")} {Limit.Hex("now")}", await subscriber.HearAsync());
    }

    [Fact]
    public async Task A_flood_waits_for_a_libzmq_subscriber_instead_of_losing_messages()
    {
        await using PublisherSocket publisher = PublisherSocket.Bind(AnyPort);
        await using LibzmqPeer subscriber = await LibzmqPeer.ConnectAsync("SUB", publisher.Endpoint);
        await subscriber.SayAsync("subscribe -");
        await publisher.ReceiveSubscriptionAsync(Cancel);
        Task flood = Task.Run(async () =>
        {
            for (int i = 0; i < 20_000; i++)
            {
                await publisher.SendAsync(Limit.Message($"{i}", new string('x', 500)), Cancel);
            }
        });
        for (int i = 0; i < 20_000; i++)
        {
            Assert.StartsWith($"got {Limit.Hex($"{i}")} ", await subscriber.HearAsync(), StringComparison.Ordinal);
        }

        await flood;
    }

    [Fact]
    public async Task A_subscriber_that_takes_nothing_is_dropped_and_the_others_go_on()
    {
        var options = new ZmtpOptions { SendQueueBytes = 64 * 1024, StallTimeout = TimeSpan.FromMilliseconds(200) };
        await using PublisherSocket publisher = PublisherSocket.Bind(AnyPort, options);
        await using SubscriberSocket stalled = await SubscriberSocket.ConnectAsync(publisher.Endpoint, cancellationToken: Cancel);
        await stalled.SubscribeAsync(Encoding.UTF8.GetBytes("data"), Cancel);
        await publisher.ReceiveSubscriptionAsync(Cancel);
        byte[] block = new byte[1024 * 1024];
        for (int i = 0; i < 100; i++)
        {
            await publisher.SendAsync(new Message([Encoding.UTF8.GetBytes("data"), block]), Cancel);
        }

        await using SubscriberSocket healthy = await SubscriberSocket.ConnectAsync(publisher.Endpoint, cancellationToken: Cancel);
        await healthy.SubscribeAsync(default, Cancel);
        await publisher.ReceiveSubscriptionAsync(Cancel);
        await publisher.SendAsync(Limit.Message("still here"), Cancel);
        Assert.Equal(["still here"], (await healthy.ReceiveAsync(Cancel)).Texts());
        await Assert.ThrowsAsync<ZmtpException>(async () =>
        {
            while (true)
            {
                await stalled.ReceiveAsync(Cancel);
            }
        });
    }

    [Fact]
    public async Task A_heartbeat_echoes_to_a_libzmq_request_socket()
    {
        await using ReplySocket heartbeat = ReplySocket.Bind(AnyPort);
        await using LibzmqPeer request = await LibzmqPeer.ConnectAsync("REQ", heartbeat.Endpoint);
        for (int i = 0; i < 3; i++)
        {
            await request.SayAsync($"send {Limit.Hex("ping")}");
            Message ping = await heartbeat.ReceiveAsync(Cancel);
            Assert.Equal(["ping"], ping.Texts());
            Assert.True(await heartbeat.SendAsync(ping, Cancel));
            Assert.StartsWith("sent", await request.HearAsync(), StringComparison.Ordinal);
            Assert.Equal($"got {Limit.Hex("ping")}", await request.HearAsync());
        }
    }

    [Fact]
    public async Task A_router_receives_a_large_message_of_libzmq_whole()
    {
        await using RouterSocket router = RouterSocket.Bind(AnyPort);
        await using LibzmqPeer dealer = await LibzmqPeer.ConnectAsync("DEALER", router.Endpoint);
        await dealer.SayAsync("send 01 *50000000 02");
        Message message = await router.ReceiveAsync(Cancel);

        Assert.Equal(4, message.Count);
        Assert.Equal(50_000_000, message[2].Length);
        Assert.Equal([2], message[3].ToArray());
        uint crc = Crc32(message[2].Span);
        Assert.Equal($"sent 01 50000000:{crc:x8} 02", await dealer.HearAsync());
    }

    [Fact]
    public async Task A_message_over_the_limit_ends_that_connection_alone()
    {
        var options = new ZmtpOptions { MaxMessageBytes = 1000 };
        await using RouterSocket router = RouterSocket.Bind(AnyPort, options);
        await using DealerSocket greedy = await DealerSocket.ConnectAsync(router.Endpoint, cancellationToken: Cancel);
        await using LibzmqPeer modest = await LibzmqPeer.ConnectAsync("DEALER", router.Endpoint);
        await greedy.SendAsync(new Message([new byte[600], new byte[600]]), Cancel);
        await Assert.ThrowsAsync<ZmtpException>(async () => await greedy.ReceiveAsync(Cancel));
        await modest.SayAsync($"send {Limit.Hex("small")}");

        Assert.Equal("small", (await router.ReceiveAsync(Cancel)).Texts()[1]);
    }

    [Fact]
    public async Task What_was_sent_before_disposal_still_arrives()
    {
        await using DealerSocket dealer = await SendAndCloseAsync();
        Assert.Equal(["last words"], (await dealer.ReceiveAsync(Cancel)).Texts());
        await Assert.ThrowsAsync<ZmtpException>(async () => await dealer.ReceiveAsync(Cancel));
    }

    [Fact]
    public async Task A_client_that_returns_under_its_name_replaces_its_lost_connection()
    {
        await using RouterSocket router = RouterSocket.Bind(AnyPort);
        byte[] name = Encoding.UTF8.GetBytes("ann");
        await using DealerSocket lost = await DealerSocket.ConnectAsync(router.Endpoint, name, cancellationToken: Cancel);
        await lost.SendAsync(Limit.Message("first"), Cancel);
        await router.ReceiveAsync(Cancel);
        await using DealerSocket back = await DealerSocket.ConnectAsync(router.Endpoint, name, cancellationToken: Cancel);
        await back.SendAsync(Limit.Message("second"), Cancel);
        await router.ReceiveAsync(Cancel);
        await router.SendAsync(Limit.Message("ann", "to the new one"), Cancel);

        Assert.Equal(["to the new one"], (await back.ReceiveAsync(Cancel)).Texts());
    }

    private static uint Crc32(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in data)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(crc & 1));
            }
        }

        return ~crc;
    }

    private async Task<DealerSocket> SendAndCloseAsync()
    {
        await using RouterSocket router = RouterSocket.Bind(AnyPort);
        DealerSocket dealer = await DealerSocket.ConnectAsync(router.Endpoint, cancellationToken: Cancel);
        await dealer.SendAsync(Limit.Message("hello"), Cancel);
        Message hello = await router.ReceiveAsync(Cancel);
        await router.SendAsync(new Message([hello[0], Encoding.UTF8.GetBytes("last words")]), Cancel);
        return dealer;
    }
}
