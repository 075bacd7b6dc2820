using System.Security.Cryptography;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Counts and hashes what is written, and passes a part of it on.</summary>
/// <param name="target">Where the part goes.</param>
/// <param name="first">The first byte that is passed on.</param>
/// <param name="end">The first one that is no longer.</param>
internal sealed class MeasuredStream(Stream target, long first = 0, long end = long.MaxValue) : Stream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    /// <summary>How many bytes were written, passed on or not.</summary>
    public override long Length => _length;

    public override long Position
    {
        get => _length;
        set => throw new NotSupportedException();
    }

    /// <summary>SHA-256 of all of them.</summary>
    public byte[] Sha256 => _hash.GetCurrentHash();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _hash.AppendData(buffer.Span);
        var from = Math.Clamp(first - _length, 0, buffer.Length);
        var to = Math.Clamp(end - _length, from, buffer.Length);
        _length += buffer.Length;
        if (to > from)
        {
            await target.WriteAsync(buffer[(int)from..(int)to], cancellationToken);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => target.FlushAsync(cancellationToken);

    public override void Flush()
    {
        // Nothing waits here, and the target must not be made to wait.
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
