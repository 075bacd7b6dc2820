using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Lyceum.ChatService.Ollama;

/// <summary>Reads an answer of newline-delimited JSON as it comes, and gives up on one that stalls, breaks off, or is no JSON.</summary>
internal sealed class NdjsonLines(TimeProvider time, TimeSpan firstTimeout, TimeSpan idleTimeout)
{
    private const int MaxLineLength = 1024 * 1024;

    public async IAsyncEnumerable<OllamaChatChunk> ReadAsync(Stream body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var idle = new CancellationTokenSource(firstTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(idle.Token, cancellationToken);
        var reader = PipeReader.Create(body, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));
        try
        {
            for (var ended = false; !ended;)
            {
                var result = await NextAsync(reader, idle, either.Token, cancellationToken);
                // While the reader of the answer is busy the model is not to blame.
                idle.CancelAfter(Timeout.InfiniteTimeSpan);
                var rest = result.Buffer;
                while (TryTakeLine(ref rest, result.IsCompleted, out var line))
                {
                    if (Parse(line) is { } chunk)
                    {
                        yield return chunk;
                    }
                }

                if (rest.Length > MaxLineLength)
                {
                    throw new ModelException(ModelFailure.Broke, "a line of the answer is longer than 1 MB");
                }

                reader.AdvanceTo(rest.Start, rest.End);
                ended = result.IsCompleted;
                idle.CancelAfter(idleTimeout);
            }
        }
        finally
        {
            await reader.CompleteAsync();
        }
    }

    private static async Task<ReadResult> NextAsync(PipeReader reader, CancellationTokenSource idle, CancellationToken either, CancellationToken cancellationToken)
    {
        try
        {
            return await reader.ReadAsync(either);
        }
        catch (OperationCanceledException) when (idle.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ModelException(ModelFailure.TimedOut, "nothing more came");
        }
        catch (IOException failure)
        {
            throw new ModelException(ModelFailure.Broke, "the connection to the model broke", failure);
        }
    }

    private static bool TryTakeLine(ref ReadOnlySequence<byte> rest, bool last, out ReadOnlySequence<byte> line)
    {
        if (rest.PositionOf((byte)'\n') is { } end)
        {
            line = rest.Slice(0, end);
            rest = rest.Slice(rest.GetPosition(1, end));
            return true;
        }

        line = rest;
        if (!last || rest.IsEmpty)
        {
            return false;
        }

        rest = rest.Slice(rest.End);
        return true;
    }

    private static OllamaChatChunk? Parse(ReadOnlySequence<byte> line)
    {
        if (line.IsEmpty || (line.Length == 1 && line.FirstSpan[0] == '\r'))
        {
            return null;
        }

        try
        {
            var json = new Utf8JsonReader(line);
            return JsonSerializer.Deserialize(ref json, OllamaJson.Default.OllamaChatChunk);
        }
        catch (JsonException failure)
        {
            throw new ModelException(ModelFailure.Broke, "a line of the answer is not JSON", failure);
        }
    }
}
