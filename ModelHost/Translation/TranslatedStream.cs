using System.Buffers;
using System.Text.Json;
using Lyceum.ModelHost.Library;

namespace Lyceum.ModelHost.Translation;

/// <summary>A node's server-sent events, read as the lines of Ollama's answer. An answer that is not whole just ends.</summary>
/// <param name="events">The events.</param>
/// <param name="translation">What becomes of them.</param>
/// <param name="came">Told of each event: many may come before there is a line, as of a long call of a tool.</param>
internal sealed class TranslatedStream(Stream events, IAnswerTranslation translation, Action came) : Stream
{
    // An event may carry a tool's whole arguments.
    private const int MaxLine = 4 * 1024 * 1024;
    private readonly LineReader _lines = new(events, MaxLine);
    private readonly ArrayBufferWriter<byte> _pending = new();
    private int _given;
    private bool _isOver;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_given == _pending.WrittenCount)
        {
            if (_isOver)
            {
                return 0;
            }

            _pending.ResetWrittenCount();
            _given = 0;
            await NextAsync(cancellationToken);
        }

        var length = Math.Min(buffer.Length, _pending.WrittenCount - _given);
        _pending.WrittenMemory.Slice(_given, length).CopyTo(buffer);
        _given += length;
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _lines.Dispose();
        }

        base.Dispose(disposing);
    }

    private async ValueTask NextAsync(CancellationToken cancellationToken)
    {
        if (await _lines.NextAsync(cancellationToken) is not { } line)
        {
            _isOver = true;
            translation.SourceEnded(_pending);
            return;
        }

        var data = line.Span.TrimEnd((byte)'\r');
        if (data.StartsWith("data:"u8))
        {
            came();
            try
            {
                _isOver = translation.Take(data["data:"u8.Length..].Trim((byte)' '), _pending);
            }
            catch (Exception failure) when (failure is JsonException or InvalidOperationException)
            {
                throw new IOException("The node sent an event that is not of its protocol.", failure);
            }
        }
    }
}
