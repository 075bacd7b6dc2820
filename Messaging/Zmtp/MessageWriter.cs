using System.Diagnostics.CodeAnalysis;
using System.IO.Pipelines;
using System.Net.Sockets;

namespace Lyceum.Messaging;

/// <summary>
/// Writes messages to a socket through a bounded pipe. While the socket keeps up, a message leaves on the thread
/// that sends it; while it does not, messages gather in the pipe and leave together, and once the pipe is full
/// a send waits.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A disposed semaphore would leave those who wait for it waiting; it holds no handle.")]
internal sealed class MessageWriter
{
    private const int ChunkBytes = 32 * 1024;

    private readonly Pipe _pipe;
    private readonly Socket _socket;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Task _sending;
    private bool _completed;

    public MessageWriter(Socket socket, ZmtpOptions options)
    {
        _socket = socket;
        _pipe = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.ThreadPool,
            pauseWriterThreshold: options.SendQueueBytes,
            resumeWriterThreshold: options.SendQueueBytes / 2,
            minimumSegmentSize: 16 * 1024,
            useSynchronizationContext: false));
        _sending = SendLoopAsync();
    }

    public async ValueTask WriteBytesAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken);
        try
        {
            Check(await _pipe.Writer.WriteAsync(bytes, cancellationToken));
        }
        finally
        {
            _turn.Release();
        }
    }

    public ValueTask WriteCommandAsync(byte[] body, CancellationToken cancellationToken) =>
        WriteAsync(new Message([body]), isCommand: true, cancellationToken);

    /// <summary>Queues the message. Once this has begun a cancellation only ends the wait: the message still leaves.</summary>
    public async ValueTask WriteAsync(Message message, bool isCommand, CancellationToken cancellationToken)
    {
        await TakeTurnAsync(cancellationToken);
        try
        {
            long size = message.Size + ((long)message.Count * FrameHeader.MaxSize);
            if (size <= ChunkBytes)
            {
                Span<byte> target = _pipe.Writer.GetSpan((int)size);
                _pipe.Writer.Advance(Encode(message, isCommand, target));
                Check(await _pipe.Writer.FlushAsync(cancellationToken));
            }
            else
            {
                await WriteInChunksAsync(message, isCommand);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Answers a peer that may itself not be reading: never waits.</summary>
    public void TryWriteCommand(byte[] body)
    {
        if (!_completed && _turn.Wait(0))
        {
            var message = new Message([body]);
            _pipe.Writer.Advance(Encode(message, isCommand: true, _pipe.Writer.GetSpan(body.Length + FrameHeader.MaxSize)));
            ValueTask<FlushResult> flush = _pipe.Writer.FlushAsync();
            if (flush.IsCompletedSuccessfully)
            {
                _turn.Release();
            }
            else
            {
                _ = ReleaseAfterAsync(flush);
            }
        }
    }

    /// <summary>Lets what was queued leave, for as long as allowed.</summary>
    public async Task CompleteAsync(TimeSpan linger, TimeProvider timeProvider)
    {
        using var limit = new CancellationTokenSource(linger, timeProvider);
        try
        {
            await _turn.WaitAsync(limit.Token);
            _completed = true;
            await _pipe.Writer.CompleteAsync();
            _turn.Release();
            await _sending.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            // The peer does not take it; the caller closes the socket now, which ends the loop.
        }
    }

    private static int Encode(Message message, bool isCommand, Span<byte> target)
    {
        int at = 0;
        ReadOnlySpan<ReadOnlyMemory<byte>> frames = message.Frames;
        for (int i = 0; i < frames.Length; i++)
        {
            ReadOnlySpan<byte> frame = frames[i].Span;
            at += new FrameHeader(i < frames.Length - 1, isCommand, frame.Length).Write(target[at..]);
            frame.CopyTo(target[at..]);
            at += frame.Length;
        }

        return at;
    }

    private static void Check(FlushResult result)
    {
        if (result.IsCompleted)
        {
            throw new ZmtpException(ZmtpError.ConnectionClosed, "The connection is closed.");
        }
    }

    private async ValueTask TakeTurnAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        if (_completed)
        {
            _turn.Release();
            throw new ZmtpException();
        }
    }

    private async ValueTask WriteInChunksAsync(Message message, bool isCommand)
    {
        for (int i = 0; i < message.Count; i++)
        {
            ReadOnlyMemory<byte> frame = message[i];
            var header = new FrameHeader(i < message.Count - 1, isCommand, frame.Length);
            _pipe.Writer.Advance(header.Write(_pipe.Writer.GetSpan(FrameHeader.MaxSize)));
            while (!frame.IsEmpty)
            {
                ReadOnlyMemory<byte> chunk = frame[..Math.Min(frame.Length, ChunkBytes)];
                chunk.Span.CopyTo(_pipe.Writer.GetSpan(chunk.Length));
                _pipe.Writer.Advance(chunk.Length);
                frame = frame[chunk.Length..];

                // No cancellation: half a message would leave the peer waiting for the other half.
                Check(await _pipe.Writer.FlushAsync(CancellationToken.None));
            }
        }

        Check(await _pipe.Writer.FlushAsync(CancellationToken.None));
    }

    private async Task ReleaseAfterAsync(ValueTask<FlushResult> flush)
    {
        try
        {
            await flush;
        }
        finally
        {
            _turn.Release();
        }
    }

    private async Task SendLoopAsync()
    {
        try
        {
            while (true)
            {
                ReadResult result = await _pipe.Reader.ReadAsync();
                foreach (ReadOnlyMemory<byte> segment in result.Buffer)
                {
                    await SendAllAsync(segment);
                }

                _pipe.Reader.AdvanceTo(result.Buffer.End);
                if (result.IsCompleted)
                {
                    _socket.Shutdown(SocketShutdown.Send);
                    return;
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The receiving side reports the broken connection; senders learn it from the completed pipe.
        }
        finally
        {
            await _pipe.Reader.CompleteAsync();
        }
    }

    private async ValueTask SendAllAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None)..];
        }
    }
}
