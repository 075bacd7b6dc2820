namespace Lyceum.TelemetryIngest.Events;

/// <summary>
/// Finds keys and tokens of no known form by how random they are: people write words, and what they write changes between small
/// letters, capitals and digits seldom; a random text does so at three of five places. What is random but no secret is passed over:
/// hashes and UUIDs, which have one case, and data in base64, which is long or fills lines.
/// </summary>
internal static class RandomText
{
    /// <summary>Shorter ones are too often something else; keys have 128 bits or more, which is 22 characters of base64.</summary>
    private const int MinLength = 24;

    /// <summary>Longer ones are data.</summary>
    private const int MaxLength = 128;

    /// <summary>What fills a line and is as long as that is a line of data: PEM has 64, MIME 76.</summary>
    private const int DataLine = 60;

    /// <summary>A part without hyphens and underscores; those of a UUID have 12, those of names are words.</summary>
    private const int MinPart = 16;

    /// <summary>The share of changes between kinds of characters: about 0.62 in random text, 0.1 to 0.3 in names.</summary>
    private const double MinChanges = 0.42;

    /// <summary>Shannon's entropy of its characters, in bits each.</summary>
    private const double MinEntropy = 3.7;

    /// <summary>The text with everything in it that is random replaced by asterisks.</summary>
    public static string Mask(string text)
    {
        char[]? masked = null;
        // What is long enough lies on every such place at least once.
        for (var at = MinLength - 1; at < text.Length; at += MinLength)
        {
            if (!IsPart(text[at]))
            {
                continue;
            }

            var start = at;
            while (start > 0 && IsPart(text[start - 1]))
            {
                start--;
            }

            while (at < text.Length && IsPart(text[at]))
            {
                at++;
            }

            if (IsSecret(text, start, at))
            {
                masked ??= text.ToCharArray();
                masked.AsSpan(start, at - start).Fill('*');
            }
        }

        return masked is null ? text : new string(masked);
    }

    private static bool IsSecret(string text, int start, int end)
    {
        var found = text.AsSpan(start, end - start);
        return found.Length is >= MinLength and <= MaxLength
            && IsMixed(found)
            && LongestPart(found) >= MinPart
            && ChangesOf(found) >= MinChanges
            && EntropyOf(found) >= MinEntropy
            && !IsAddressOrData(text, start, end);
    }

    /// <summary>A part of a path or an address, a name that is called or of which something is taken, a digest, or data.</summary>
    private static bool IsAddressOrData(string text, int start, int end)
    {
        var found = text.AsSpan(start, end - start);
        var before = text.AsSpan(Math.Max(0, start - 16), Math.Min(start, 16));
        var fillsLine = (start == 0 || text[start - 1] == '\n') && (end == text.Length || text[end] is '\n' or '\r' or '=');
        return (fillsLine && found.Length >= DataLine)
            || found[0] == '/'
            || found.Contains("//", StringComparison.Ordinal)
            || found.StartsWith("sha", StringComparison.OrdinalIgnoreCase)
            || before.EndsWith("base64,", StringComparison.Ordinal)
            || (before.Length > 0 && before[^1] is '.' or ':' or '~' or '@' or '\\')
            || (end < text.Length && text[end] is '.' or '(' or '[');
    }

    private static bool IsMixed(ReadOnlySpan<char> text) =>
        text.ContainsAnyInRange('a', 'z') && text.ContainsAnyInRange('A', 'Z') && text.ContainsAnyInRange('0', '9');

    private static int LongestPart(ReadOnlySpan<char> text)
    {
        var longest = 0;
        foreach (var part in text.SplitAny('-', '_', '/', '+'))
        {
            longest = Math.Max(longest, text[part].Length);
        }

        return longest;
    }

    private static double ChangesOf(ReadOnlySpan<char> text)
    {
        var changes = 0;
        for (var i = 1; i < text.Length; i++)
        {
            changes += KindOf(text[i]) is var kind and not 0 && KindOf(text[i - 1]) is var last and not 0 && kind != last ? 1 : 0;
        }

        return (double)changes / (text.Length - 1);
    }

    private static int KindOf(char unit) => unit switch { >= 'a' and <= 'z' => 1, >= 'A' and <= 'Z' => 2, >= '0' and <= '9' => 3, _ => 0 };

    private static double EntropyOf(ReadOnlySpan<char> text)
    {
        Span<byte> counts = stackalloc byte[128];
        counts.Clear();
        foreach (var unit in text)
        {
            counts[unit]++;
        }

        var entropy = 0.0;
        foreach (var count in counts)
        {
            if (count > 0)
            {
                var share = (double)count / text.Length;
                entropy -= share * Math.Log2(share);
            }
        }

        return entropy;
    }

    private static bool IsPart(char unit) => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '_' or '/' or '+';
}
