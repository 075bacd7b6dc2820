using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>
/// Masks in free text what says who somebody is: names, e-mail addresses, students' numbers, home folders, and secrets. A mask is as
/// long as what it hides, because the positions in later edits count on it.
/// </summary>
/// <param name="names">The names, such as "Ada Lovelace": as a whole and each part.</param>
/// <param name="ids">What students' numbers look like.</param>
internal sealed partial class Scrubber(IEnumerable<string> names, Regex ids)
{
    private const int MinPart = 3;

    /// <summary>What is shorter may be a word: of Al So it would be "also".</summary>
    private const int MinJoined = 5;

    /// <summary>Words of code that are also names; these are masked only as names are written.</summary>
    private static readonly HashSet<string> Code = new(StringComparer.OrdinalIgnoreCase)
        { "max", "min", "sum", "dir", "bin", "map", "iter", "ord", "pow", "set", "str", "tim", "val", "var", "sam", "rich", "mark", "will", "art", "rob", "lin", "cat", "may", "august", "april", "june", "true", "chi", "sky", "page", "case", "rand", "dict", "long", "read" };

    private readonly NameSearch? _anyCase = Search(Parts(names).Where(part => !Code.Contains(part)), StringComparer.OrdinalIgnoreCase, StringComparison.OrdinalIgnoreCase);
    private readonly NameSearch? _asWritten = Search(Parts(names).Where(Code.Contains).Select(Capitalized), StringComparer.Ordinal, StringComparison.Ordinal);

    /// <summary>The text without what says who somebody is.</summary>
    public string Clean(string text)
    {
        text = Secrets.Mask(text);
        if (text.Contains('@', StringComparison.Ordinal))
        {
            text = Email().Replace(text, Masked);
        }

        if (text.Contains("home", StringComparison.OrdinalIgnoreCase) || text.Contains("users", StringComparison.OrdinalIgnoreCase))
        {
            text = HomeFolder().Replace(text, Masked);
        }

        if (text.AsSpan().ContainsAnyInRange('0', '9'))
        {
            text = ids.Replace(text, Masked);
        }

        return WithoutNames(WithoutNames(text, _anyCase), _asWritten);
    }

    private static string Masked(Match match) => Secrets.MaskAll(match.Value);

    private static IEnumerable<string> Parts(IEnumerable<string> names) => names
        .SelectMany(Spellings)
        .SelectMany(Transliteration.SpellingsOf)
        .Where(part => part.Length >= MinPart && part.Any(char.IsLetter))
        .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>A name as a whole, its parts, and the parts in one word as account names and file names have them.</summary>
    private static IEnumerable<string> Spellings(string name)
    {
        string[] parts = [.. NotOfAName().Split(name).Where(part => part.Length > 0)];
        string[] words = [.. name.Split([' ', ',', '\t', ';'], StringSplitOptions.RemoveEmptyEntries).Select(word => NotOfAName().Replace(word, ""))];
        return [name.Trim(), .. parts, .. words.Concat(Joined(words)).Concat(Joined(parts)).Where(word => word.Length >= MinJoined)];
    }

    private static string[] Joined(string[] words) => words is [{ Length: > 0 } first, .., var last]
        ? [string.Concat(words), string.Concat(Enumerable.Reverse(words)), first + last, last + first, first[..1] + last, last + first[..1]]
        : [];

    private static string Capitalized(string part) => string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(part[0])}{part[1..]}");

    private static NameSearch? Search(IEnumerable<string> parts, StringComparer comparer, StringComparison comparison)
    {
        HashSet<string> texts = new(parts, comparer);
        // The longest first: of two that begin at the same place it is the one to mask.
        return texts.Count == 0 ? null : new(texts, [.. texts.Select(text => text.Length).Distinct().OrderDescending()], SearchValues.Create([.. texts], comparison));
    }

    private static string WithoutNames(string text, NameSearch? names)
    {
        if (names is null)
        {
            return text;
        }

        var (folded, places) = Transliteration.Fold(text);
        if (folded.AsSpan().IndexOfAny(names.Search) < 0)
        {
            return text;
        }

        var known = names.Texts.GetAlternateLookup<ReadOnlySpan<char>>();
        var masked = text.ToCharArray();
        for (var at = 0; at < folded.Length && folded.AsSpan(at).IndexOfAny(names.Search) is var found and >= 0;)
        {
            at += found;
            var length = 0;
            foreach (var tried in names.Lengths)
            {
                if (at + tried <= folded.Length && known.Contains(folded.AsSpan(at, tried)) && IsWord(folded, at, tried))
                {
                    length = tried;
                    break;
                }
            }

            var (first, end) = places is null || length == 0 ? (at, at + length) : (places[at], at + length < places.Length ? places[at + length] : text.Length);
            masked.AsSpan(first, end - first).Fill('*');
            at += Math.Max(1, length);
        }

        return new string(masked);
    }

    /// <summary>Whether it begins and ends there: in ada_hw1 and myAda there is an Ada, in canada none.</summary>
    private static bool IsWord(string text, int at, int length) =>
        (at == 0 || IsBoundary(text[at - 1], text[at])) && (at + length == text.Length || IsBoundary(text[at + length - 1], text[at + length]));

    private static bool IsBoundary(char before, char after) =>
        !char.IsLetter(before) || !char.IsLetter(after) || (char.IsLower(before) && char.IsUpper(after));

    /// <summary>Names to look for.</summary>
    /// <param name="Texts">The names, without marks.</param>
    /// <param name="Lengths">How long they are, the longest first.</param>
    /// <param name="Search">Finds where one could begin.</param>
    private sealed record NameSearch(HashSet<string> Texts, int[] Lengths, SearchValues<string> Search);

    [GeneratedRegex(@"[^\p{L}\p{M}]+")]
    private static partial Regex NotOfAName();

    [GeneratedRegex(@"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Email();

    [GeneratedRegex(@"(?<=/home/|/users/|\\users\\|\\\\users\\\\)[^/\\\s""':<>]{1,64}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HomeFolder();
}
