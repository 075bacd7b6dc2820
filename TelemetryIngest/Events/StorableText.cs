using System.Text;
using System.Text.RegularExpressions;
using System.Text.Unicode;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>Makes text such that PostgreSQL can store it and people can read it.</summary>
internal static partial class StorableText
{
    private static ReadOnlySpan<byte> Bom => [0xEF, 0xBB, 0xBF];

    /// <summary>
    /// The JSON text with U+FFFD for every escaped NUL, lone surrogate and malformed byte. Escapes are replaced where they are, in
    /// the given bytes: positions in messages about errors stay true.
    /// </summary>
    public static ReadOnlyMemory<byte> From(Memory<byte> json)
    {
        if (json.Span.StartsWith(Bom))
        {
            json = json[Bom.Length..];
        }

        if (!Utf8.IsValid(json.Span))
        {
            json = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(json.Span));
        }

        ReplaceEscapes(json.Span);
        return json;
    }

    /// <summary>The text without ANSI escape sequences (ECMA-48), with which kernels colour tracebacks.</summary>
    public static string WithoutColours(string text) => text.Contains('\e', StringComparison.Ordinal) ? Ansi().Replace(text, "") : text;

    /// <summary>At most so many UTF-16 units of the text, ending in an ellipsis when something was cut.</summary>
    public static string Cut(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        var end = length - 1;
        return string.Concat(text.AsSpan(0, char.IsHighSurrogate(text[end - 1]) ? end - 1 : end), "…");
    }

    private static void ReplaceEscapes(Span<byte> json)
    {
        for (var at = 0; json[at..].IndexOf((byte)'\\') is var found and >= 0;)
        {
            at += found;
            switch (EscapedUnit(json[at..]))
            {
                case null:
                    at += 2;
                    break;
                case >= 0xD800 and < 0xDC00 when EscapedUnit(json[(at + 6)..]) is >= 0xDC00 and < 0xE000:
                    at += 12;
                    break;
                case 0 or (>= 0xD800 and < 0xE000):
                    @"\ufffd"u8.CopyTo(json[at..]);
                    at += 6;
                    break;
                default:
                    at += 6;
                    break;
            }

            if (at >= json.Length)
            {
                return;
            }
        }
    }

    /// <summary>The UTF-16 unit that a <c>\uXXXX</c> at the start stands for; null when there is none.</summary>
    private static int? EscapedUnit(ReadOnlySpan<byte> text)
    {
        if (!text.StartsWith(@"\u"u8) || text.Length < 6)
        {
            return null;
        }

        var unit = 0;
        foreach (var digit in text[2..6])
        {
            if (!char.IsAsciiHexDigit((char)digit))
            {
                return null;
            }

            unit = (unit << 4) | Convert.ToInt32(((char)digit).ToString(), 16);
        }

        return unit;
    }

    [GeneratedRegex(@"\e(?:\[[0-?]*[ -/]*[@-~]|\][^\a\e]*(?:\a|\e\\)|[@-Z\\^_])")]
    private static partial Regex Ansi();
}
