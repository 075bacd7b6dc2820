using System.Text;
using System.Text.RegularExpressions;

namespace Lyceum.ChatService.Tutor;

/// <summary>Makes text from notebooks fit to be stored and shown to a model.</summary>
internal static partial class NotebookText
{
    /// <summary>The text without terminal escape codes and control characters, with plain line ends.</summary>
    public static string Clean(string text)
    {
        var plain = EscapeCode().Replace(text, "").ReplaceLineEndings("\n");
        StringBuilder kept = new(plain.Length);
        foreach (var character in plain)
        {
            if (character is '\n' or '\t' || !char.IsControl(character))
            {
                kept.Append(character);
            }
        }

        return kept.ToString();
    }

    /// <summary>The text as one line.</summary>
    public static string Line(string text) => Clean(text).ReplaceLineEndings(" ").Trim();

    /// <summary>At most about <paramref name="budget"/> characters of the text: its beginning and its end, and between them how much is missing.</summary>
    public static string Cut(string text, int budget)
    {
        if (text.Length <= budget)
        {
            return text;
        }

        var head = Start(text, budget / 2);
        var tail = End(text, budget - (budget / 2));
        return $"{head}\n[... {text.Length - head.Length - tail.Length} characters left out ...]\n{tail}";
    }

    /// <summary>At most the first <paramref name="length"/> characters, and no half of a surrogate pair.</summary>
    public static string Start(string text, int length)
    {
        if (text.Length <= length)
        {
            return text;
        }

        return text[..(length > 0 && char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];
    }

    private static string End(string text, int length)
    {
        var from = text.Length - length;
        return text[(char.IsLowSurrogate(text[from]) ? from + 1 : from)..];
    }

    [GeneratedRegex(@"\e(?:\[[0-?]*[ -/]*[@-~]|\][^\a\e]*(?:\a|\e\\)|[@-Z\\^_])", RegexOptions.CultureInvariant)]
    private static partial Regex EscapeCode();
}
