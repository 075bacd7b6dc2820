using System.Buffers;
using System.Security.Cryptography;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>
/// Counts and hashes what is written, and passes a part of it on; the part's last byte only when all is found to be well, so that
/// nobody takes for whole what is not.
/// </summary>
/// <param name="target">Where the part goes.</param>
/// <param name="first">The first byte that is passed on.</param>
/// <param name="end">The first one that is no longer.</param>
internal sealed class MeasuredStream(Stream target, long first = 0, long end = long.MaxValue) : Stream
{
    private readonly ArrayBufferWriter<byte> _kept = new();
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _length;
    private byte? _last;

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
        await PassOnAsync(cancellationToken);
        await target.WriteAsync(buffer[Take(buffer.Span)], cancellationToken);
    }

    /// <summary>Passes on what was held back.</summary>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken)
    {
        await PassOnAsync(cancellationToken);
        if (_last is { } last)
        {
            await target.WriteAsync(new[] { last }, cancellationToken);
        }

        await target.FlushAsync(cancellationToken);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async Task FlushAsync(CancellationToken cancellationToken)
    {
        await PassOnAsync(cancellationToken);
        await target.FlushAsync(cancellationToken);
    }

    public override void Flush()
    {
        // Nothing waits here, and the target must not be made to wait.
    }

    /// <summary>For the few bytes that ZipArchive writes synchronously after an entry: they go with the next ones.</summary>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc cref="Write(byte[], int, int)" />
    public override void Write(ReadOnlySpan<byte> buffer) => _kept.Write(buffer[Take(buffer)]);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async ValueTask PassOnAsync(CancellationToken cancellationToken)
    {
        if (_kept.WrittenCount > 0)
        {
            await target.WriteAsync(_kept.WrittenMemory, cancellationToken);
            _kept.ResetWrittenCount();
        }
    }

    /// <summary>Counts and hashes bytes, and answers which of them are passed on.</summary>
    private Range Take(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        var from = (int)Math.Clamp(first - _length, 0, bytes.Length);
        var to = (int)Math.Clamp(end - _length, from, bytes.Length);
        _length += bytes.Length;
        if (from < to && _length >= end)
        {
            _last = bytes[--to];
        }

        return from..to;
    }

    protected override void Dispose(bool disposing)
    {
        _hash.Dispose();
        base.Dispose(disposing);
    }
}
