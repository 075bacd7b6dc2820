using System.Buffers;
using System.IO.Pipelines;

namespace Lyceum.ModelHost.Library;

/// <summary>The lines of a stream, each up to a bound.</summary>
internal sealed class LineReader(Stream stream, int maxLine) : IDisposable
{
    private readonly PipeReader _reader = PipeReader.Create(stream);

    /// <summary>The next line without its end, or null after the last one.</summary>
    /// <exception cref="IOException">A line is longer than the bound.</exception>
    public async ValueTask<ReadOnlyMemory<byte>?> NextAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var result = await _reader.ReadAsync(cancellationToken);
            var end = result.Buffer.PositionOf((byte)'\n');
            if (end is { } at || (result.IsCompleted && !result.Buffer.IsEmpty))
            {
                var line = end is null ? result.Buffer : result.Buffer.Slice(0, end.Value);
                var bytes = line.ToArray();
                _reader.AdvanceTo(end is null ? result.Buffer.End : result.Buffer.GetPosition(1, end.Value));
                return bytes;
            }

            var length = result.Buffer.Length;
            _reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
            {
                return null;
            }

            if (length > maxLine)
            {
                throw new IOException("The node sent a line without end.");
            }
        }
    }

    public void Dispose() => _reader.Complete();
}
