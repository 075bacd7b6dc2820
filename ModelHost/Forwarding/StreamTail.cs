using Lyceum.ModelHost.Api;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// Watches the lines of a stream go by for those that end it. Almost every line is dismissed by a vectorised search; only the
/// last ones are parsed.
/// </summary>
internal sealed class StreamTail(ApiShape shape)
{
    /// <summary>Whether the protocol's own end, or an error of the node's own, has passed.</summary>
    public bool Ended { get; private set; }

    public TokenFigures Figures { get; private set; }

    /// <param name="lines">Whole lines.</param>
    public void Observe(ReadOnlySpan<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n');
            var line = end < 0 ? lines : lines[..end];
            lines = end < 0 ? [] : lines[(end + 1)..];
            if (shape == ApiShape.OpenAi)
            {
                ObserveEvent(line);
            }
            else
            {
                ObserveObject(line);
            }
        }
    }

    private void ObserveObject(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{\"error\""u8))
        {
            Ended = true;
        }
        else if (line.IndexOf("\"done\":true"u8) >= 0 || line.IndexOf("\"done\": true"u8) >= 0)
        {
            // The text may also stand in the arguments of a tool's call, so the line is read properly.
            var figures = TokenFigures.Read(line);
            if (figures.Done)
            {
                Ended = true;
                Figures = figures;
            }
        }
    }

    private void ObserveEvent(ReadOnlySpan<byte> line)
    {
        if (!line.StartsWith("data:"u8))
        {
            return;
        }

        var data = line["data:"u8.Length..].Trim((byte)' ').TrimEnd((byte)'\r');
        if (data.SequenceEqual("[DONE]"u8) || data.StartsWith("{\"error\""u8))
        {
            Ended = true;
        }
        else if (data.IndexOf("\"usage\":{"u8) >= 0)
        {
            Figures = TokenFigures.Read(data);
        }
    }
}
