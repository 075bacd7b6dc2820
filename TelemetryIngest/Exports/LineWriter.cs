using System.Buffers;
using System.IO.Pipelines;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>Collects small pieces of text and writes them in larger ones.</summary>
internal sealed class LineWriter(Stream stream) : IAsyncDisposable
{
    private const int Collected = 32 * 1024;
    private readonly PipeWriter _pipe = PipeWriter.Create(stream, new StreamPipeWriterOptions(leaveOpen: true));

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        _pipe.Write(text.Span);
        if (_pipe.UnflushedBytes >= Collected)
        {
            await _pipe.FlushAsync(cancellationToken);
        }
    }

    public ValueTask DisposeAsync() => _pipe.CompleteAsync();
}
