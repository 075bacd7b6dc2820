using System.Buffers;
using System.IO.Pipelines;
using Lyceum.ModelHost.Api;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// Passes a stream on as its bytes come, a whole line at a time: so an error of ours, or another node's line, never lands in the
/// middle of a line that a dying node left unfinished.
/// </summary>
internal sealed class StreamRelay(PipeReader source, PipeWriter client, ApiShape shape, SentText? text, WaitLimit wait)
{
    private const int MaxHeld = 64 * 1024;
    private const int MaxReadsInARow = 64;
    private readonly StreamTail _tail = new(shape, text);

    /// <summary>What the node has told; where it has not told how much it wrote, that is what has passed.</summary>
    public TokenFigures Figures => _tail.Figures with { OutputTokens = _tail.Figures.OutputTokens ?? Pieces };

    public int Pieces => _tail.Pieces;

    /// <summary>Whether a line longer than can be held has been passed on in part.</summary>
    public bool IsMidLine { get; private set; }

    /// <summary>Waits until a first line can be passed on; answers why there is none otherwise. Until then another node can serve.</summary>
    public async ValueTask<NodeFailure> FirstLineAsync()
    {
        while (true)
        {
            var result = await source.ReadAsync(wait.Token);
            var end = result.Buffer.PositionOf((byte)'\n');
            if (end is not null || result.Buffer.Length >= MaxHeld)
            {
                var begins = end is null || shape == ApiShape.OpenAi || StreamTail.IsObject(result.Buffer.Slice(0, end.Value).ToArray());
                source.AdvanceTo(result.Buffer.Start);
                return begins ? NodeFailure.None : NodeFailure.Broken;
            }

            source.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted)
            {
                return NodeFailure.Broken;
            }
        }
    }

    /// <summary>Passes everything on, up to the end or to where the node fails.</summary>
    public async Task<NodeFailure> RunAsync(CancellationToken cancellationToken)
    {
        var readsInARow = 0;
        while (true)
        {
            ReadResult result;
            try
            {
                wait.Restart();
                var read = source.ReadAsync(wait.Token);
                readsInARow = read.IsCompleted ? readsInARow + 1 : 0;
                result = await read;
            }
            catch (Exception failure) when (wait.Explains(failure) is not NodeFailure.None)
            {
                return _tail.Ended ? NodeFailure.None : wait.Explains(failure);
            }

            var (passed, isSound) = Pass(result.Buffer, result.IsCompleted);
            source.AdvanceTo(passed, result.Buffer.End);
            var flush = client.FlushAsync(cancellationToken);
            if (!flush.IsCompleted)
            {
                // A client that reads slowly is not the node's fault.
                wait.Pause();
            }

            if ((await flush).IsCompleted)
            {
                // The client is gone.
                return NodeFailure.None;
            }

            if (!isSound || result.IsCompleted)
            {
                return _tail.Ended ? NodeFailure.None : NodeFailure.Broken;
            }

            if (readsInARow == MaxReadsInARow)
            {
                // A node that never pauses must not keep the thread from the connections that share it.
                readsInARow = 0;
                await Task.Yield();
            }
        }
    }

    /// <summary>Writes the whole lines of the buffer; answers where they end, and whether they were of the protocol.</summary>
    private (SequencePosition Passed, bool IsSound) Pass(in ReadOnlySequence<byte> buffer, bool last)
    {
        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        var whole = bytes.LastIndexOf((byte)'\n') + 1;
        if (whole == 0 && bytes.Length >= MaxHeld && !last)
        {
            IsMidLine = true;
            client.Write(bytes);
            return (buffer.End, true);
        }

        var sound = whole == 0 ? 0 : Observe(bytes[..whole]);
        if (sound == whole && last && whole < bytes.Length)
        {
            // A last line without its newline is whole only if it is the end; otherwise it is what a dying node left.
            Observe(bytes[whole..]);
            whole = sound = _tail.Ended ? bytes.Length : whole;
        }

        client.Write(bytes[..sound]);
        return (buffer.GetPosition(sound), sound == whole);
    }

    private int Observe(ReadOnlySpan<byte> lines)
    {
        // The rest of a line whose beginning is gone cannot be judged.
        var rest = IsMidLine ? lines.IndexOf((byte)'\n') + 1 : 0;
        IsMidLine = false;
        return rest + _tail.Observe(lines[rest..]);
    }
}
