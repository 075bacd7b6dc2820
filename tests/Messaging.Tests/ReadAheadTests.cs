using System.Globalization;

namespace Lyceum.Messaging.Tests;

/// <summary>Runs alone, for it keeps the thread pool from everybody else in this process.</summary>
[CollectionDefinition(nameof(ReadAheadTests), DisableParallelization = true)]
[Collection(nameof(ReadAheadTests))]
public sealed class ReadAheadTests : IDisposable
{
    private const int Count = 20_000;

    private readonly CancellationTokenSource _limit = Limit.Start(60);

    private CancellationToken Cancel => _limit.Token;

    public void Dispose() => _limit.Dispose();

    [Fact]
    public async Task A_subscriber_takes_a_flood_off_its_publisher_while_the_thread_pool_is_stuck()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("XPUB", "strict");
        await using SubscriberSocket subscriber = await SubscribeAsync(peer, ZmtpOptions.Default);

        Assert.Equal("flooded", await WithStuckPoolAsync(() => peer.Ask($"flood {Count} 1000")));

        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), (await subscriber.ReceiveAsync(Cancel)).Texts()[1]);
        }
    }

    [Fact]
    public async Task A_subscriber_that_reads_a_flood_in_larger_pieces_loses_nothing_and_is_told_when_it_is_over()
    {
        int received = 0;
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var pace = new ReadPace(TimeSpan.FromMilliseconds(1), () => Volatile.Read(ref received) < Count, () => true, () =>
        {
            if (Volatile.Read(ref received) == Count)
            {
                over.TrySetResult();
            }
        });
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("XPUB", "strict");
        await using SubscriberSocket subscriber = await SubscribeAsync(peer, new ZmtpOptions { ReadPace = pace, ReceiveOnReadAheadThread = true });

        await peer.SayAsync($"flood {Count} 1000");
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), (await subscriber.ReceiveAsync(Cancel)).Texts()[1]);
            Volatile.Write(ref received, i + 1);
        }

        // The last may have been read before it was counted; one more makes a lull after it.
        Assert.Equal("flooded", await peer.HearAsync());
        await peer.SayAsync("flood 1 1000");
        await over.Task.WaitAsync(Cancel);
    }

    [Fact]
    public async Task A_subscriber_that_nobody_receives_from_takes_no_more_than_its_limit()
    {
        await using LibzmqPeer peer = await LibzmqPeer.BindAsync("XPUB", "strict");
        await using SubscriberSocket subscriber = await SubscribeAsync(peer, new ZmtpOptions { ReadAheadBytes = 1024 * 1024 });

        // Far more than limit, publisher and both ends of the connection hold together, so the publisher is still waiting.
        await peer.SayAsync($"flood {20 * Count} 1000");
        Task<string> flooded = peer.HearAsync();
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), (await subscriber.ReceiveAsync(Cancel)).Texts()[1]);
        }

        Assert.False(flooded.IsCompleted);
        await subscriber.DisposeAsync().AsTask().WaitAsync(Cancel);
        await Assert.ThrowsAsync<ZmtpException>(async () => await subscriber.ReceiveAsync(Cancel));
        await flooded;
    }

    [Fact]
    public async Task A_subscriber_gets_all_that_its_publisher_sent_before_it_ended()
    {
        LibzmqPeer peer = await LibzmqPeer.BindAsync("XPUB", "strict");
        await using SubscriberSocket subscriber = await SubscribeAsync(peer, ZmtpOptions.Default);
        await using (peer)
        {
            await peer.SayAsync($"flood {Count} 1000");
            Assert.Equal("flooded", await peer.HearAsync());
        }

        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(i.ToString(CultureInfo.InvariantCulture), (await subscriber.ReceiveAsync(Cancel)).Texts()[1]);
        }

        ZmtpException closed = await Assert.ThrowsAsync<ZmtpException>(async () => await subscriber.ReceiveAsync(Cancel));
        Assert.Equal(ZmtpError.ConnectionClosed, closed.Error);
    }

    private async Task<SubscriberSocket> SubscribeAsync(LibzmqPeer peer, ZmtpOptions options)
    {
        SubscriberSocket subscriber = await SubscriberSocket.ConnectAsync(peer.Endpoint, options, Cancel);
        await subscriber.SubscribeAsync(default, Cancel);
        Assert.Equal("got 01", await peer.HearAsync());
        return subscriber;
    }

    /// <summary>Runs the action on a thread that is not the pool's, while each of the pool's is held and more work waits than it adds threads for.</summary>
    private static Task<T> WithStuckPoolAsync<T>(Func<T> action)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(Run) { IsBackground = true }.Start();
        return outcome.Task;

        void Run()
        {
            using var release = new ManualResetEventSlim();
            using var stuck = new ManualResetEventSlim();
            using var gone = new CountdownEvent(200);
            int held = 0;
            for (int i = gone.InitialCount; i > 0; i--)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => Hold(), null);
            }

            stuck.Wait();
            try
            {
                outcome.SetResult(action());
            }
            catch (InvalidOperationException exception)
            {
                outcome.SetException(exception);
            }
            finally
            {
                release.Set();
                gone.Wait();
            }

            void Hold()
            {
                if (Interlocked.Increment(ref held) == Environment.ProcessorCount)
                {
                    stuck.Set();
                }

                release.Wait();
                gone.Signal();
            }
        }
    }
}
