using System.Text.RegularExpressions;

namespace Lyceum.ChatService.Objectives;

/// <summary>Ranks short texts by the words that they share with a query: Okapi BM25 (Robertson and Zaragoza, 2009) with k1 = 1.2 and b = 0.75.</summary>
internal static partial class Bm25
{
    private const double K1 = 1.2;
    private const double B = 0.75;

    // Words that every question has would find anything.
    private static readonly HashSet<string> Common = new(StringComparer.Ordinal)
    {
        "the", "and", "for", "are", "is", "this", "that", "with", "from", "what", "why", "how", "does", "can", "you", "not", "use", "der", "die", "das", "und", "ist", "wie", "was", "ein", "eine", "ich",
    };

    /// <summary>The text with the highest score, and that score; null when none has a word of the query.</summary>
    public static (int Index, double Score)? Best(IReadOnlyList<string> texts, string query)
    {
        var documents = texts.Select(Words).ToArray();
        var average = documents.Average(document => (double)document.Count);
        (int Index, double Score)? best = null;
        var asked = Words(query).Distinct(StringComparer.Ordinal).ToArray();
        for (var i = 0; i < documents.Length; i++)
        {
            var score = asked.Sum(word => Score(word, documents[i], documents, average));
            if (score > 0 && score > (best?.Score ?? 0))
            {
                best = (i, score);
            }
        }

        return best;
    }

    private static double Score(string word, List<string> document, List<string>[] all, double average)
    {
        var frequency = document.Count(one => one == word);
        if (frequency == 0)
        {
            return 0;
        }

        var holders = all.Count(other => other.Contains(word));
        var rarity = Math.Log(1 + ((all.Length - holders + 0.5) / (holders + 0.5)));
        return rarity * frequency * (K1 + 1) / (frequency + (K1 * (1 - B + (B * document.Count / average))));
    }

    private static List<string> Words(string text) =>
        [.. Word().Matches(text).Select(match => Stem(match.Value.ToLowerInvariant())).Where(word => word.Length > 2 && !Common.Contains(word))];

    /// <summary>Plurals and the commonest endings, so that "loops" finds "loop".</summary>
    private static string Stem(string word) => word switch
    {
        { Length: > 5 } when word.EndsWith("ing", StringComparison.Ordinal) => word[..^3],
        { Length: > 4 } when word.EndsWith("es", StringComparison.Ordinal) || word.EndsWith("ed", StringComparison.Ordinal) => word[..^2],
        { Length: > 3 } when word.EndsWith('s') => word[..^1],
        _ => word,
    };

    // A name such as KeyError is words, too.
    [GeneratedRegex(@"\p{Lu}?\p{Ll}+|\p{Lu}+(?!\p{Ll})|\p{L}+", RegexOptions.CultureInvariant)]
    private static partial Regex Word();
}
