using Lyceum.ModelHost.Api;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>
/// Watches the lines of a stream go by for those that end it. Almost every line is dismissed by a vectorised search; only the
/// last ones are parsed, and those whose text is kept.
/// </summary>
internal sealed class StreamTail(ApiShape shape, SentText? text)
{
    private bool _ending;

    /// <summary>Whether the protocol's own end, or an error of the node's own, has passed.</summary>
    public bool Ended { get; private set; }

    public TokenFigures Figures { get; private set; }

    /// <summary>Pieces of the answer that have passed: its tokens, about, while nobody has told their number.</summary>
    public int Pieces { get; private set; }

    /// <param name="lines">Whole lines.</param>
    /// <returns>How many bytes of them are of the protocol: fewer than there are where a node sends something else.</returns>
    public int Observe(ReadOnlySpan<byte> lines)
    {
        var seen = 0;
        while (seen < lines.Length)
        {
            var end = lines[seen..].IndexOf((byte)'\n');
            var line = end < 0 ? lines[seen..] : lines.Slice(seen, end);
            if (shape == ApiShape.OpenAi)
            {
                ObserveEvent(line);
            }
            else if (IsObject(line))
            {
                ObserveObject(line);
            }
            else
            {
                return seen;
            }

            seen = end < 0 ? lines.Length : seen + end + 1;
        }

        return seen;
    }

    /// <summary>Whether the line could be one of NDJSON; blank ones are overlooked, as clients do.</summary>
    public static bool IsObject(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        return line.IsEmpty || (line[0] == (byte)'{' && line[^1] == (byte)'}');
    }

    private void ObserveObject(ReadOnlySpan<byte> line)
    {
        if (line.StartsWith("{\"error\""u8))
        {
            Ended = true;
            return;
        }

        Pieces++;
        text?.Add(line);
        if (line.IndexOf("\"done\":true"u8) >= 0 || line.IndexOf("\"done\": true"u8) >= 0)
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
        if (line.StartsWith("event: response."u8))
        {
            // /v1/responses ends with one of these and not with [DONE].
            var name = line["event: response."u8.Length..].TrimEnd((byte)'\r');
            _ending |= name.SequenceEqual("completed"u8) || name.SequenceEqual("incomplete"u8) || name.SequenceEqual("failed"u8);
        }

        if (!line.StartsWith("data:"u8))
        {
            return;
        }

        var data = line["data:"u8.Length..].Trim((byte)' ').TrimEnd((byte)'\r');
        Ended |= _ending || data.SequenceEqual("[DONE]"u8) || data.StartsWith("{\"error\""u8);
        if (data.IndexOf("\"usage\":{"u8) >= 0)
        {
            Figures = TokenFigures.Read(data);
        }

        if (!Ended)
        {
            Pieces++;
            text?.Add(data);
        }
    }
}
