using System.Text.RegularExpressions;

namespace Lyceum.ChatService.Guard;

/// <summary>
/// Code as a sequence of tokens in which it no longer matters what things are called, how they are laid out or what the comments
/// say: names become one token, numbers another, strings a third; keywords and signs stay.
/// </summary>
internal static partial class CodeTokens
{
    private const string Name = "n";

    private static readonly HashSet<string> Keywords =
    [
        // Python
        "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else", "except", "finally", "for", "from",
        "global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
        // R
        "function", "repeat", "next",
        // C#
        "foreach", "switch", "case", "new", "using", "var", "public", "private", "static", "void", "throw", "catch", "do", "where", "select", "orderby",
        // Which of the standard functions is called says what a solution does.
        "len", "range", "sum", "min", "max", "sorted", "map", "filter", "zip", "enumerate", "print", "append", "groupby", "merge", "join", "mean",
        "apply", "sapply", "lapply", "mutate", "summarise", "aggregate", "paste", "seq", "length", "Sum", "Select", "Where", "OrderBy", "GroupBy", "ToList",
    ];

    /// <summary>The tokens of a text in which comments and strings are taken for code: a model can be talked into hiding it there.</summary>
    public static List<string> Unwrapped(string text) => Of(Wrapping().Replace(text, " "));

    public static List<string> Of(string text)
    {
        List<string> tokens = [];
        foreach (Match match in Token().Matches(text))
        {
            if (match.Groups["comment"].Success)
            {
                continue;
            }

            tokens.Add(match.Groups["name"].Success ? (Keywords.Contains(match.Value) ? match.Value : Name)
                : match.Groups["number"].Success ? "0"
                : match.Groups["text"].Success ? "\""
                : match.Value);
        }

        return tokens;
    }

    [GeneratedRegex("""[#"'`]|//|/\*|\*/""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Wrapping();

    // Fences and other Markdown marks are no code.
    [GeneratedRegex("""(?<comment>#[^\n]*|//[^\n]*|```+\w*)|(?<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<number>\d+(?:\.\d+)?)|(?<name>[\p{L}_][\p{L}\p{Nd}_]*)|(?<sign><-|->|=>|==|!=|<=|>=|\+=|-=|\*\*|//|\|>|%>%|[-+*/%=<>()\[\]{}.,:;!&|^~@])""", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Token();
}
