using System.Buffers;
using System.IO.Pipelines;
using Lyceum.ModelHost.Api;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// Passes a stream on as its bytes come, a whole line at a time: so an error of ours never lands in the middle of a line that a
/// dying node left unfinished.
/// </summary>
internal sealed class StreamRelay(PipeReader source, PipeWriter client, ApiShape shape, WaitLimit wait)
{
    private const int MaxHeld = 64 * 1024;
    private readonly StreamTail _tail = new(shape);
    private bool _midLine;

    public TokenFigures Figures => _tail.Figures;

    /// <summary>Waits until a first line can be passed on; answers why there is none otherwise. Until then another node can serve.</summary>
    public async Task<NodeFailure> FirstLineAsync()
    {
        try
        {
            while (true)
            {
                var result = await source.ReadAsync(wait.Token);
                if (result.Buffer.PositionOf((byte)'\n') is not null || result.Buffer.Length >= MaxHeld)
                {
                    source.AdvanceTo(result.Buffer.Start);
                    return NodeFailure.None;
                }

                source.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                if (result.IsCompleted)
                {
                    return NodeFailure.Broken;
                }
            }
        }
        catch (Exception failure) when (wait.Explains(failure) is not NodeFailure.None)
        {
            return wait.Explains(failure);
        }
    }

    /// <summary>Passes everything on; when the node fails, ends the stream with the protocol's own error.</summary>
    public async Task<NodeFailure> RunAsync(CancellationToken cancellationToken)
    {
        var failure = await CopyAsync(cancellationToken);
        if (failure is not NodeFailure.None)
        {
            WriteError(failure);
            await client.FlushAsync(cancellationToken);
        }

        return failure;
    }

    private async Task<NodeFailure> CopyAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result;
            try
            {
                wait.Restart();
                result = await source.ReadAsync(wait.Token);
            }
            catch (Exception failure) when (wait.Explains(failure) is not NodeFailure.None)
            {
                return _tail.Ended ? NodeFailure.None : wait.Explains(failure);
            }

            var passed = Pass(result.Buffer, result.IsCompleted);
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

            if (result.IsCompleted)
            {
                return _tail.Ended ? NodeFailure.None : NodeFailure.Broken;
            }
        }
    }

    /// <summary>Writes the whole lines of the buffer and answers where they end.</summary>
    private SequencePosition Pass(ReadOnlySequence<byte> buffer, bool last)
    {
        var bytes = buffer.IsSingleSegment ? buffer.FirstSpan : buffer.ToArray();
        var whole = bytes.LastIndexOf((byte)'\n') + 1;
        if (last && whole < bytes.Length)
        {
            // A last line without its newline is whole only if it is the end; otherwise it is what a dying node left.
            _tail.Observe(bytes[whole..]);
            whole = _tail.Ended ? bytes.Length : whole;
        }
        else if (whole == 0 && bytes.Length >= MaxHeld)
        {
            _midLine = true;
            whole = bytes.Length;
            client.Write(bytes);
            return buffer.End;
        }

        if (whole > 0)
        {
            _midLine = false;
            _tail.Observe(bytes[..whole]);
            client.Write(bytes[..whole]);
        }

        return buffer.GetPosition(whole);
    }

    private void WriteError(NodeFailure failure)
    {
        if (_midLine)
        {
            client.Write("\n"u8);
        }

        if (shape == ApiShape.OpenAi)
        {
            // The blank line closes an event that the node may have left open.
            client.Write("\ndata: "u8);
        }

        client.Write(ApiErrors.Serialize(shape, failure.Status(), failure.Message()));
        client.Write(shape == ApiShape.OpenAi ? "\n\n"u8 : "\n"u8);
    }
}
