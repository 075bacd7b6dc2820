namespace Lyceum.NotebookAssistant;

/// <summary>Finds the code in a tutor's answer: fenced blocks (CommonMark 0.31, 4.5) in the kernel's language or in none that is named.</summary>
internal static class CodeBlocks
{
    private static readonly string[][] Names =
    [
        ["python", "py", "python3", "ipython"], ["c#", "cs", "csharp"], ["r", "ir"], ["julia", "jl"], ["javascript", "js"],
    ];

    public static IEnumerable<string> In(string markdown, string language)
    {
        var code = new List<string>();
        string? fence = null;
        var wanted = false;
        foreach (var line in markdown.ReplaceLineEndings("\n").Split('\n'))
        {
            var text = line.Trim();
            if (fence is null)
            {
                if (FenceOf(text) is { } opening && !text[opening.Length..].Contains('`', StringComparison.Ordinal))
                {
                    fence = opening;
                    wanted = IsOf(text[opening.Length..].Trim(), language);
                    code.Clear();
                }
            }
            else if (FenceOf(text) is { } closing && closing.Length == text.Length && closing.StartsWith(fence, StringComparison.Ordinal))
            {
                fence = null;
                if (wanted && code.Exists(content => !string.IsNullOrWhiteSpace(content)))
                {
                    yield return string.Join('\n', code);
                }
            }
            else
            {
                code.Add(line);
            }
        }
    }

    private static string? FenceOf(string text)
    {
        var length = text.Length > 0 && text[0] is '`' or '~' ? text.TakeWhile(character => character == text[0]).Count() : 0;
        return length >= 3 ? text[..length] : null;
    }

    private static bool IsOf(string info, string language)
    {
        var name = info.Split(' ', 2)[0].Trim('{', '}', '.');
        return name.Length == 0
            || name.Equals(language, StringComparison.OrdinalIgnoreCase)
            || Array.Exists(Names, names => Knows(names, name) && Knows(names, language));

        static bool Knows(string[] names, string name) => names.Contains(name, StringComparer.OrdinalIgnoreCase);
    }
}
