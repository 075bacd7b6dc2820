using System.IO.Pipelines;
using System.Net.Sockets;

namespace Lyceum.Messaging;

/// <summary>
/// Takes what a peer sends off the socket on a thread of its own, ahead of whoever receives it. A publisher drops what
/// its subscriber takes too late, so taking must not wait for a turn in the thread pool. What was taken waits in a
/// bounded pipe; only once that is full does the peer have to wait.
/// </summary>
internal sealed class ReadAhead
{
    // The thread's calls are few and shallow, and there may be hundreds of kernels.
    private const int StackBytes = 256 * 1024;

    // More at once means that the receiver falls behind, and that this thread has to be back at the socket soon.
    private const int SmallBytes = 64 * 1024;

    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private readonly Socket _socket;
    private readonly Pipe _pipe;
    private readonly int _chunkBytes;
    private readonly ReadPace? _pace;
    private int _taken;
    private bool _isEmptied;

    public ReadAhead(Socket socket, ZmtpOptions options)
    {
        _socket = socket;
        _chunkBytes = options.ReceiveBufferBytes / 4;
        _pace = options.ReadPace;
        _pipe = new Pipe(new PipeOptions(
            readerScheduler: options.ReceiveOnReadAheadThread ? new Nearby(this) : PipeScheduler.ThreadPool,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: options.ReadAheadBytes,
            resumeWriterThreshold: options.ReadAheadBytes / 2,
            minimumSegmentSize: options.ReceiveBufferBytes,
            useSynchronizationContext: false));

        // The priority helps where the operating system grants it; Linux leaves it as it is.
        _thread = new Thread(Run, StackBytes) { IsBackground = true, Name = "ZMTP read-ahead", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    /// <summary>What was taken and not yet received. It ends with the connection, after all that came before.</summary>
    public PipeReader Reader => _pipe.Reader;

    /// <summary>Whether the caller runs on the thread.</summary>
    public bool IsCurrentThread => Thread.CurrentThread == _thread;

    /// <summary>Completes when the thread has let go of the socket.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Ends the thread. The socket has to be closed before, or the thread would go on waiting for it.</summary>
    public void Stop() => _pipe.Writer.CancelPendingFlush();

    private void Run()
    {
        try
        {
            while (Take())
            {
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Broken or closed: an end like any other, for an error would keep the receiver from what came before it.
        }
        finally
        {
            _pipe.Writer.Complete();
            _ended.SetResult();
        }
    }

    private bool Take()
    {
        // Waiting comes before the buffer, so that an idle connection holds none.
        Await();
        Span<byte> room = _pipe.Writer.GetSpan(_chunkBytes);
        _taken = _socket.Receive(room);
        _isEmptied = _taken < room.Length;
        _pipe.Writer.Advance(_taken);
        ValueTask<FlushResult> flush = _pipe.Writer.FlushAsync();
        FlushResult result = flush.IsCompleted ? flush.Result : flush.AsTask().GetAwaiter().GetResult();
        return _taken > 0 && !result.IsCanceled;
    }

    private void Await()
    {
        if (_pace is not null)
        {
            if (_isEmptied && _pace.IsFlood())
            {
                Thread.Sleep(_pace.Lull);
            }

            if (_pace.AwaitsLull())
            {
                if (_socket.Poll(_pace.Lull, SelectMode.SelectRead))
                {
                    return;
                }

                _pace.OnLull();
            }
        }

        _socket.Poll(Timeout.InfiniteTimeSpan, SelectMode.SelectRead);
    }

    /// <summary>Lets the receiver go on here and now when little came, and elsewhere when it was much.</summary>
    private sealed class Nearby(ReadAhead ahead) : PipeScheduler
    {
        public override void Schedule(Action<object?> action, object? state)
        {
            if (ahead._taken is > 0 and <= SmallBytes)
            {
                action(state);
            }
            else
            {
                ThreadPool.Schedule(action, state);
            }
        }
    }
}
