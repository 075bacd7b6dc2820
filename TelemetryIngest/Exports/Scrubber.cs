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

    /// <summary>Words of code that are also names; these are masked only as names are written.</summary>
    private static readonly HashSet<string> Code = new(StringComparer.OrdinalIgnoreCase)
        { "max", "min", "sum", "dir", "bin", "map", "iter", "ord", "pow", "set", "str", "tim", "val", "var", "sam", "rich", "mark", "will", "art", "rob", "lin", "cat", "may", "august", "april", "june", "true", "chi", "sky", "page", "case", "rand", "dict", "long", "read" };

    private readonly (string[] Texts, SearchValues<string> Search)? _anyCase = Search(Parts(names).Where(part => !Code.Contains(part)), StringComparison.OrdinalIgnoreCase);
    private readonly (string[] Texts, SearchValues<string> Search)? _asWritten = Search(Parts(names).Where(Code.Contains).Select(Capitalized), StringComparison.Ordinal);

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

        return WithoutNames(WithoutNames(text, _anyCase, StringComparison.OrdinalIgnoreCase), _asWritten, StringComparison.Ordinal);
    }

    private static string Masked(Match match) => Secrets.MaskAll(match.Value);

    private static IEnumerable<string> Parts(IEnumerable<string> names) => names
        .SelectMany(name => name.Split([' ', ',', '.', '_', '\t', ';', '(', ')'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Append(name.Trim()))
        .Where(part => part.Length >= MinPart && part.Any(char.IsLetter))
        .Distinct(StringComparer.OrdinalIgnoreCase);

    private static string Capitalized(string part) => string.Create(CultureInfo.InvariantCulture, $"{char.ToUpperInvariant(part[0])}{part[1..]}");

    private static (string[], SearchValues<string>)? Search(IEnumerable<string> parts, StringComparison comparison)
    {
        // The longest first: of two that begin at the same place it is the one to mask.
        string[] texts = [.. parts.OrderByDescending(part => part.Length).ThenBy(part => part, StringComparer.Ordinal)];
        return texts.Length == 0 ? null : (texts, SearchValues.Create(texts, comparison));
    }

    private static string WithoutNames(string text, (string[] Texts, SearchValues<string> Search)? names, StringComparison comparison)
    {
        if (names is not var (texts, search) || text.AsSpan().IndexOfAny(search) < 0)
        {
            return text;
        }

        var masked = text.ToCharArray();
        for (var at = 0; at < text.Length && text.AsSpan(at).IndexOfAny(search) is var found and >= 0;)
        {
            at += found;
            var name = texts.FirstOrDefault(name => text.AsSpan(at).StartsWith(name, comparison) && IsWord(text, at, name.Length));
            masked.AsSpan(at, name?.Length ?? 0).Fill('*');
            at += name?.Length ?? 1;
        }

        return new string(masked);
    }

    /// <summary>Whether there are no letters before and after: in ada_hw1 there is an Ada, in canada none.</summary>
    private static bool IsWord(string text, int at, int length) =>
        (at == 0 || !char.IsLetter(text[at - 1])) && (at + length == text.Length || !char.IsLetter(text[at + length]));

    [GeneratedRegex(@"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63}){0,8}\.[A-Za-z]{2,24}\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Email();

    [GeneratedRegex(@"(?<=/home/|/users/|\\users\\|\\\\users\\\\)[^/\\\s""':<>]{1,64}", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex HomeFolder();
}
