using System.Buffers.Binary;

namespace Lyceum.KernelService.Channels;

/// <summary>
/// The connection under a WebSocket, to which the service writes message frames itself: many in one write, and large
/// parts from where they lie. The WebSocket reads, and writes its control frames, each whole and in a turn of its own.
/// </summary>
internal sealed class FrameStream(Stream connection) : Stream
{
    /// <summary>The most bytes that stand before a frame's content.</summary>
    public const int MaxHeaderBytes = 10;

    private const byte Final = 0x80;
    private const byte Text = 1;
    private const byte Binary = 2;

    private readonly SemaphoreSlim _turn = new(1, 1);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Writes a frame's header, unmasked as a server's are, and returns its length (RFC 6455, 5.2).</summary>
    public static int WriteHeader(Span<byte> target, long length, bool isBinary, bool isFirst, bool isLast)
    {
        target[0] = (byte)((isLast ? Final : 0) | (!isFirst ? 0 : isBinary ? Binary : Text));
        switch (length)
        {
            case < 126:
                target[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                target[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)length);
                return 4;
            default:
                target[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(target[2..], length);
                return MaxHeaderBytes;
        }
    }

    /// <summary>Writes whole frames.</summary>
    /// <param name="head">Their beginning.</param>
    /// <param name="rest">What follows it.</param>
    public async ValueTask WriteFramesAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> rest = default)
    {
        await _turn.WaitAsync(CancellationToken.None);
        try
        {
            await connection.WriteAsync(head, CancellationToken.None);
            if (!rest.IsEmpty)
            {
                await connection.WriteAsync(rest, CancellationToken.None);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            await connection.WriteAsync(buffer, cancellationToken);
        }
        finally
        {
            _turn.Release();
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        connection.ReadAsync(buffer, cancellationToken);

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        connection.ReadAsync(buffer, offset, count, cancellationToken);

    public override Task FlushAsync(CancellationToken cancellationToken) => connection.FlushAsync(cancellationToken);

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // The turn is left to the collector: a write may still be waiting for it.
            connection.Dispose();
        }

        base.Dispose(disposing);
    }
}
