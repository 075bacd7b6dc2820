using System.Buffers;
using System.IO.Pipelines;

namespace Lyceum.Messaging;

/// <summary>
/// Reads messages and commands from a stream. A small message arrives in one piece and becomes one array that
/// its frames share; a large frame is read from the stream straight into its own array.
/// </summary>
internal sealed class MessageReader
{
    private readonly List<FrameHeader> _headers = new(16);
    private readonly PipeReader _pipe;
    private readonly Stream _stream;
    private readonly ZmtpOptions _options;

    public MessageReader(Stream stream, ZmtpOptions options)
    {
        _pipe = PipeReader.Create(
            stream,
            new StreamPipeReaderOptions(bufferSize: options.ReceiveBufferBytes, minimumReadSize: options.ReceiveBufferBytes / 4, leaveOpen: true));
        _stream = stream;
        _options = options;
    }

    public MessageReader(PipeReader pipe, ZmtpOptions options)
    {
        _pipe = pipe;
        _stream = pipe.AsStream(leaveOpen: true);
        _options = options;
    }

    public async ValueTask<byte[]> ReadExactlyAsync(int length, CancellationToken cancellationToken)
    {
        byte[] bytes = await PeekAsync(length, cancellationToken);
        ReadResult result = await _pipe.ReadAsync(cancellationToken);
        _pipe.AdvanceTo(result.Buffer.GetPosition(length));
        return bytes;
    }

    public async ValueTask<byte[]> PeekAsync(int length, CancellationToken cancellationToken)
    {
        ReadResult result = await _pipe.ReadAtLeastAsync(length, cancellationToken);
        if (result.Buffer.Length < length)
        {
            throw new ZmtpException(ZmtpError.ConnectionClosed, "The peer closed the connection during the handshake.");
        }

        byte[] bytes = result.Buffer.Slice(0, length).ToArray();
        _pipe.AdvanceTo(result.Buffer.Start);
        return bytes;
    }

    /// <summary>Whether a read ended between the frames of a message, so that the stream cannot be read any further.</summary>
    public bool IsTorn { get; private set; }

    /// <summary>The next message, or a command as a message of one frame.</summary>
    public async ValueTask<(Message Message, bool IsCommand)> ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _pipe.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> buffer = result.Buffer;
            bool complete = Scan(buffer, out long size, out SequencePosition end);
            if (complete)
            {
                Message message = Copy(buffer, size);
                bool isCommand = _headers[0].IsCommand;
                _pipe.AdvanceTo(end);
                return (message, isCommand);
            }

            if (size > _options.ReceiveBufferBytes)
            {
                _pipe.AdvanceTo(buffer.Start);
                return await ReadLargeAsync(cancellationToken);
            }

            _pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
            {
                throw buffer.IsEmpty
                    ? new ZmtpException(ZmtpError.ConnectionClosed, "The peer closed the connection.")
                    : new ZmtpException(ZmtpError.ConnectionClosed, "The peer closed the connection in the middle of a message.");
            }
        }
    }

    private bool Scan(ReadOnlySequence<byte> buffer, out long size, out SequencePosition end)
    {
        _headers.Clear();
        size = 0;
        var reader = new SequenceReader<byte>(buffer);
        while (FrameHeader.TryRead(ref reader, out FrameHeader header))
        {
            Admit(header, _headers.Count, ref size);
            _headers.Add(header);
            if (reader.Remaining < header.Length)
            {
                break;
            }

            reader.Advance(header.Length);
            if (!header.More)
            {
                end = reader.Position;
                return true;
            }
        }

        end = default;
        return false;
    }

    private void Admit(FrameHeader header, int index, ref long size)
    {
        if (index >= _options.MaxFrames)
        {
            throw new ZmtpException(ZmtpError.TooLarge, $"The peer sent a message of more than {_options.MaxFrames} frames.");
        }

        if (header.IsCommand && index > 0)
        {
            throw new ZmtpException(ZmtpError.Malformed, "The peer sent a command in the middle of a message.");
        }

        if (header.Length > _options.MaxMessageBytes - size || header.Length > Array.MaxLength)
        {
            throw new ZmtpException(ZmtpError.TooLarge, $"The peer sent a message of more than {_options.MaxMessageBytes} bytes.");
        }

        size += header.Length;
    }

    private Message Copy(ReadOnlySequence<byte> buffer, long size)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>((int)size);
        var frames = new ReadOnlyMemory<byte>[_headers.Count];
        var reader = new SequenceReader<byte>(buffer);
        int at = 0;
        for (int i = 0; i < frames.Length; i++)
        {
            _ = FrameHeader.TryRead(ref reader, out FrameHeader header);
            int length = (int)header.Length;
            _ = reader.TryCopyTo(bytes.AsSpan(at, length));
            reader.Advance(length);
            frames[i] = bytes.AsMemory(at, length);
            at += length;
        }

        return new Message(frames);
    }

    private async ValueTask<(Message Message, bool IsCommand)> ReadLargeAsync(CancellationToken cancellationToken)
    {
        var frames = new List<ReadOnlyMemory<byte>>(8);
        long size = 0;
        FrameHeader header;
        IsTorn = true;
        do
        {
            header = await ReadHeaderAsync(cancellationToken);
            Admit(header, frames.Count, ref size);
            frames.Add(await ReadBodyAsync((int)header.Length, cancellationToken));
        }
        while (header.More);

        IsTorn = false;
        return (new Message(frames.ToArray()), header.IsCommand);
    }

    private async ValueTask<FrameHeader> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _pipe.ReadAsync(cancellationToken);
            if (TryTake(result.Buffer, out FrameHeader header))
            {
                return header;
            }

            _pipe.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            ThrowIfEnded(result);
        }
    }

    private bool TryTake(ReadOnlySequence<byte> buffer, out FrameHeader header)
    {
        var reader = new SequenceReader<byte>(buffer);
        if (!FrameHeader.TryRead(ref reader, out header))
        {
            return false;
        }

        _pipe.AdvanceTo(reader.Position);
        return true;
    }

    private async ValueTask<byte[]> ReadBodyAsync(int length, CancellationToken cancellationToken)
    {
        byte[] body = GC.AllocateUninitializedArray<byte>(length);
        int filled = 0;
        if (_pipe.TryRead(out ReadResult result))
        {
            ReadOnlySequence<byte> part = result.Buffer.Slice(0, Math.Min(length, result.Buffer.Length));
            part.CopyTo(body);
            filled = (int)part.Length;
            _pipe.AdvanceTo(part.End);
        }

        // The pipe is empty now and holds nothing back, so the rest can bypass it.
        while (filled < length)
        {
            int read = await _stream.ReadAsync(body.AsMemory(filled), cancellationToken);
            filled += read > 0
                ? read
                : throw new ZmtpException(ZmtpError.ConnectionClosed, "The peer closed the connection in the middle of a message.");
        }

        return body;
    }

    private static void ThrowIfEnded(ReadResult result)
    {
        if (result.IsCompleted)
        {
            throw new ZmtpException(ZmtpError.ConnectionClosed, "The peer closed the connection in the middle of a message.");
        }
    }
}
