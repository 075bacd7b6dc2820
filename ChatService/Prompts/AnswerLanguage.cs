using System.Text.RegularExpressions;

namespace Lyceum.ChatService.Prompts;

/// <summary>Tells the language of prose by its most common words, with code left aside.</summary>
internal static partial class AnswerLanguage
{
    private static readonly Dictionary<string, HashSet<string>> Words = new(StringComparer.Ordinal)
    {
        ["en"] = ["the", "is", "are", "you", "your", "and", "of", "to", "what", "which", "that", "this", "it", "not", "does", "do", "with", "before", "where", "in"],
        ["de"] = ["der", "die", "das", "ist", "sind", "du", "dein", "deine", "deinem", "deiner", "und", "von", "zu", "was", "welche", "nicht", "ein", "eine", "mit", "im", "den", "es", "dem", "wird"],
        ["fr"] = ["le", "la", "les", "est", "sont", "tu", "ton", "ta", "vous", "votre", "et", "de", "du", "que", "quelle", "quel", "ne", "pas", "une", "avec", "dans", "ce"],
        ["es"] = ["el", "los", "las", "es", "son", "tu", "su", "y", "del", "que", "qué", "cuál", "no", "una", "con", "en", "se", "por", "para", "lo"],
    };

    public static IReadOnlyCollection<string> Known => Words.Keys;

    /// <summary>The language of which the text has most words; null when there are too few to tell.</summary>
    public static string? Of(string text)
    {
        var words = Word().Matches(Code().Replace(text, " ")).Select(match => match.Value.ToLowerInvariant()).ToArray();
        var (language, count) = Words.Select(one => (one.Key, words.Count(one.Value.Contains))).MaxBy(one => one.Item2);
        return count >= 3 ? language : null;
    }

    [GeneratedRegex(@"```.*?(?:```|\z)|`[^`\n]*`", RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();

    [GeneratedRegex(@"\p{L}+", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Word();
}
