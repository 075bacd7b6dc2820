using System.Text;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>
/// What a name is in letters without marks, as account names and file names have it: of Müller, Muller and Mueller. Only Latin letters
/// are known. A table of our own, because services run without ICU's data, where .NET takes no letter apart.
/// </summary>
internal static class Transliteration
{
    private const char FirstMark = '\u0300';
    private const char LastMark = '\u036F';
    private const char FirstLatin = '\u00C0';
    private const char FirstAdditional = '\u1E00';

    /// <summary>The letters of Latin-1 and Latin Extended-A without their marks; a point where there is none to leave out.</summary>
    private const string Latin =
        "AAAAAA.CEEEEIIII.NOOOOO.OUUUUY..aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"
        + "AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIi..JjKk.LlLlLl."
        + ".LlNnNnNn...OoOoOo..RrRrRrSsSsSsSsTtTt..UuUuUuUuUuUuWwYyYZzZzZz.";

    /// <summary>The same of Latin Extended Additional.</summary>
    private const string Additional =
        "AaBbBbBbCcDdDdDdDdDdEeEeEeEeEeFfGgHhHhHhHhHhIiIiKkKkKkLlLlLlLlMm"
        + "MmMmNnNnNnNnOoOoOoOoPpPpRrRrRrRrSsSsSsSsSsTtTtTtTtUuUuUuUuUuVvVv"
        + "WwWwWwWwWwXxXxYyZzZzZzhtwy......AaAaAaAaAaAaAaAaAaAaAaAaEeEeEeEe"
        + "EeEeEeEeIiIiOoOoOoOoOoOoOoOoOoOoOoOoUuUuUuUuUuUuUuYyYyYyYy......";

    /// <summary>What one letter is written as in two.</summary>
    private static readonly (string Letter, string Two)[] Digraphs =
    [
        ("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("a\u0308", "ae"), ("o\u0308", "oe"), ("u\u0308", "ue"), ("ø", "oe"), ("å", "aa"), ("a\u030A", "aa"), ("æ", "ae"), ("œ", "oe"),
        ("ß", "ss"), ("þ", "th"), ("ð", "dh"),
    ];

    /// <summary>The same the other way: who is called Mueller here may be a Müller elsewhere.</summary>
    private static readonly (string Two, string Letter)[] Umlauts = [("ae", "a"), ("oe", "o"), ("ue", "u"), ("ss", "ß")];

    /// <summary>A text without marks, and where each of its characters stood; null where each stands as it did.</summary>
    public static (string Text, int[]? Places) Fold(string text)
    {
        if (Ascii.IsValid(text))
        {
            return (text, null);
        }

        var folded = new StringBuilder(text.Length);
        List<int> places = new(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is >= FirstMark and <= LastMark && folded.Length > 0)
            {
                continue;
            }

            folded.Append(BaseOf(text[i]));
            places.Add(i);
        }

        return (folded.ToString(), places.Count == text.Length ? null : [.. places]);
    }

    /// <summary>The spellings of a name to look for in a text without marks.</summary>
    public static IEnumerable<string> SpellingsOf(string name) =>
        new[] { name, With(name, Digraphs), name.Replace("ß", "ss", StringComparison.Ordinal), With(name, Umlauts) }.Select(spelling => Fold(spelling).Text).Distinct();

    private static string With(string text, (string From, string To)[] pairs)
    {
        foreach (var (from, to) in pairs)
        {
            text = text.Replace(from, to, StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    private static char BaseOf(char letter)
    {
        var plain = letter switch
        {
            >= FirstLatin when letter - FirstLatin < Latin.Length => Latin[letter - FirstLatin],
            >= FirstAdditional when letter - FirstAdditional < Additional.Length => Additional[letter - FirstAdditional],
            _ => '.',
        };
        return plain == '.' ? letter : plain;
    }
}
