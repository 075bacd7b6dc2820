using System.Text.Json;

namespace Lyceum.TelemetryIngest.Formats;

/// <summary>
/// Finds the JSON values of a body: one, or several with white space or commas between them, which is what NDJSON, fluent-bit and
/// pioneer's file exporter have in common.
/// </summary>
internal static class BodyValues
{
    /// <summary>How deep a value may nest.</summary>
    public const int MaxDepth = 256;

    /// <summary>For reading what was taken.</summary>
    public static readonly JsonDocumentOptions Stored = new() { MaxDepth = MaxDepth };

    private static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>The values, in order.</summary>
    /// <exception cref="JsonException">What comes next is no JSON value.</exception>
    public static IEnumerable<Memory<byte>> Of(Memory<byte> body)
    {
        var at = Start(body.Span, body.Span.StartsWith(Bom) ? Bom.Length : 0);
        var first = true;
        // A body without anything is left to the parser, which says so.
        while (first || at < body.Length)
        {
            var end = at + End(body.Span[at..], first ? null : at);
            yield return body[at..end];
            at = Start(body.Span, end);
            first = false;
        }
    }

    /// <summary>The lines that are not empty.</summary>
    public static IEnumerable<Memory<byte>> LinesOf(Memory<byte> body)
    {
        while (body.Length > 0)
        {
            var end = body.Span.IndexOf((byte)'\n');
            var line = end < 0 ? body : body[..end];
            body = end < 0 ? Memory<byte>.Empty : body[(end + 1)..];
            if (line.Span.ContainsAnyExcept(" \t\r"u8))
            {
                yield return line;
            }
        }
    }

    private static int Start(ReadOnlySpan<byte> body, int at) =>
        body[at..].IndexOfAnyExcept(" \t\r\n,"u8) is var more and >= 0 ? at + more : body.Length;

    private static int End(ReadOnlySpan<byte> text, int? at)
    {
        try
        {
            var reader = new Utf8JsonReader(text, new JsonReaderOptions { MaxDepth = MaxDepth, AllowMultipleValues = text.Length > 0 });
            reader.Read();
            reader.Skip();
            return (int)reader.BytesConsumed;
        }
        catch (JsonException failure) when (at is not null)
        {
            throw new JsonException($"What begins at byte {at} is no JSON value. {failure.Message}", failure);
        }
    }
}
