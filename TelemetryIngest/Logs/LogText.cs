using System.Text.Json;
using Lyceum.TelemetryIngest.Formats;

namespace Lyceum.TelemetryIngest.Logs;

/// <summary>What a piece of a log holds.</summary>
/// <param name="Events">Where the whole events are.</param>
/// <param name="Broken">How many events are there in part, without hope for the rest.</param>
/// <param name="Rest">Where an event begins whose end has not come yet; the length when there is none.</param>
internal sealed record LogPiece(IReadOnlyList<Range> Events, int Broken, int Rest);

/// <summary>
/// Reads what pioneer's file exporter writes, <c>{...},{...},</c>, out of a log that is cut anywhere and may hold other lines. Each
/// of its objects begins with <c>"eventDetail"</c>, and has that field once: by it the reader finds its way again.
/// </summary>
internal static class LogText
{
    private static ReadOnlySpan<byte> Marker => "\"eventDetail\""u8;

    private static ReadOnlySpan<byte> White => " \t\r\n"u8;

    public static LogPiece Read(ReadOnlySpan<byte> text)
    {
        List<Range> events = [];
        var broken = 0;
        var at = 0;
        while (text[at..].IndexOf((byte)'{') is var more and >= 0)
        {
            var start = at + more;
            var length = LengthOf(text[start..]);
            if (length > 0)
            {
                at = start + length.Value;
                if (BeginsEvent(text[start..]))
                {
                    events.Add(start..at);
                }

                continue;
            }

            var next = NextEvent(text, start + 1);
            if (length == 0 && next < 0)
            {
                return new LogPiece(events, broken, start);
            }

            broken += BeginsEvent(text[start..]) ? 1 : 0;
            if (next < 0)
            {
                // Perhaps the next event's first bytes are here, without the field that would tell.
                var last = text.TrimEnd(White).Length - 1;
                return new LogPiece(events, broken, last > start && text[last] == '{' ? last : text.Length);
            }

            at = next;
        }

        return new LogPiece(events, broken, text.Length);
    }

    /// <summary>The length of the object at the start; 0 when it goes on after the text, null when it is none.</summary>
    private static int? LengthOf(ReadOnlySpan<byte> text)
    {
        try
        {
            var state = new JsonReaderState(new JsonReaderOptions { MaxDepth = BodyValues.MaxDepth, AllowMultipleValues = true });
            var reader = new Utf8JsonReader(text, isFinalBlock: false, state);
            return reader.Read() && reader.TrySkip() ? (int)reader.BytesConsumed : 0;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool BeginsEvent(ReadOnlySpan<byte> text) => text[1..].TrimStart(White).StartsWith(Marker);

    /// <summary>Where the next event begins, at the earliest there; -1 when there is none.</summary>
    private static int NextEvent(ReadOnlySpan<byte> text, int from)
    {
        for (var at = from; text[at..].IndexOf(Marker) is var more and >= 0; at += more + Marker.Length)
        {
            var before = text[..(at + more)].TrimEnd(White);
            if (before.Length > from && before[^1] == '{')
            {
                return before.Length - 1;
            }
        }

        return -1;
    }
}
