using System.Buffers;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>A request's whole body in one pooled buffer.</summary>
internal sealed class ReceivedBody : IDisposable
{
    private const int FirstSize = 16 * 1024;
    private const int MaxFirstSize = 256 * 1024;
    private byte[] _buffer;
    private int _length;

    private ReceivedBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    /// <summary>The bytes; the caller may change them.</summary>
    public Memory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads a body; null when the share cannot have as many bytes as it takes.</summary>
    /// <param name="stream">The body, decompressed.</param>
    /// <param name="announced">Its length as the client says, if it does.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="share">Where its bytes are accounted for.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="BadHttpRequestException">It has more.</exception>
    public static async Task<ReceivedBody?> ReadAsync(Stream stream, long? announced, int limit, IntakeBudget.Share share, CancellationToken cancellationToken)
    {
        // What a client announces is not yet there: memory follows what has arrived.
        var size = (int)Math.Min(announced + 1 ?? FirstSize, MaxFirstSize);
        if (!share.TryTake(size))
        {
            return null;
        }

        var body = new ReceivedBody(size);
        try
        {
            while (true)
            {
                var read = await stream.ReadAsync(body._buffer.AsMemory(body._length), cancellationToken);
                body._length += read;
                if (read == 0)
                {
                    return body;
                }

                if (body._length > limit)
                {
                    throw new BadHttpRequestException($"The body is too large: this endpoint takes {limit} bytes, before and after decompression.", StatusCodes.Status413PayloadTooLarge);
                }

                if (body._length == body._buffer.Length && !body.TryGrow(share))
                {
                    body.Dispose();
                    return null;
                }
            }
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private bool TryGrow(IntakeBudget.Share share)
    {
        if (!share.TryTake(_buffer.Length))
        {
            return false;
        }

        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
        return true;
    }
}
