using System.Buffers.Binary;
using System.IO.Compression;

namespace Lyceum.TelemetryIngest.Formats;

/// <summary>
/// Decompresses a body of one gzip member (RFC 1952) and fails where it breaks off. GZipStream alone ends quietly when only the end of
/// the member is missing; so this counts what comes out and compares it to the size in the member's last four bytes.
/// </summary>
internal sealed class GzipBody : BodyStream
{
    private readonly LastBytes _compressed;
    private readonly GZipStream _plain;
    private uint _size;

    public GzipBody(Stream body)
    {
        _compressed = new LastBytes(body);
        _plain = new GZipStream(_compressed, CompressionMode.Decompress, leaveOpen: true);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _plain.ReadAsync(buffer, cancellationToken);
        _size += (uint)read;
        if (read == 0 && !buffer.IsEmpty)
        {
            await _compressed.CopyToAsync(Null, cancellationToken);
            if (_compressed.Size != _size)
            {
                throw new InvalidDataException("it is not one whole gzip member.");
            }
        }

        return read;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _plain.Dispose();
            _compressed.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <summary>Passes a stream on and keeps its last four bytes.</summary>
    private sealed class LastBytes(Stream inner) : BodyStream
    {
        private readonly byte[] _last = new byte[sizeof(uint)];

        public uint Size => BinaryPrimitives.ReadUInt32LittleEndian(_last);

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            byte[] last = [.. _last, .. buffer.Span[Math.Max(0, read - sizeof(uint))..read]];
            last.AsSpan(last.Length - sizeof(uint)).CopyTo(_last);
            return read;
        }
    }
}
