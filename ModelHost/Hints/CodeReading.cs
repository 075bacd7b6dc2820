using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <param name="Name">The word.</param>
/// <param name="Line">The first line that has it, from 1.</param>
/// <param name="Defines">Whether that line gives it a value or declares it.</param>
internal sealed record CodeName(string Name, int Line, bool Defines);

/// <summary>What can be seen in a student's code without running it: its names, its texts, its lines.</summary>
internal sealed partial class CodeReading
{
    private const int MaxLines = 2000;

    private CodeReading(string[] lines, IReadOnlyList<CodeName> names, IReadOnlyList<CodeName> texts)
    {
        Lines = lines;
        Names = names;
        Texts = texts;
    }

    public IReadOnlyList<string> Lines { get; }

    /// <summary>Each name once, in order; where it is defined first, if it is.</summary>
    public IReadOnlyList<CodeName> Names { get; }

    /// <summary>The contents of quoted texts, each once.</summary>
    public IReadOnlyList<CodeName> Texts { get; }

    public static CodeReading Of(string code, Language language)
    {
        var lines = code.Length == 0 ? [] : code.Split('\n').Take(MaxLines).ToArray();
        List<CodeName> names = [], texts = [];
        for (var i = 0; i < lines.Length; i++)
        {
            var previous = "";
            foreach (Match token in Token.Matches(lines[i]))
            {
                if (token.Groups["comment"].Success && token.Value.StartsWith(language == Language.CSharp ? "//" : "#", StringComparison.Ordinal))
                {
                    break;
                }

                if (token.Groups["text"].Success)
                {
                    texts.Add(new CodeName(token.Value[1..^1], i + 1, Defines: false));
                }
                else if (token.Groups["name"].Success)
                {
                    names.Add(new CodeName(token.Value, i + 1, IsDefinition(lines[i], token, previous, language)));
                }

                previous = token.Value;
            }
        }

        return new CodeReading(lines, First(names), First(texts));
    }

    /// <summary>The line, or null when the code has no such line.</summary>
    public string? Line(int? number) => number is { } n && n >= 1 && n <= Lines.Count ? Lines[n - 1] : null;

    /// <summary>The first line that has the text as a whole word.</summary>
    public int? LineWith(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        var word = new Regex($@"(^|\W){Regex.Escape(text)}(\W|$)", RegexOptions.NonBacktracking);
        return Lines.Index().Where(line => word.IsMatch(line.Item)).Select(line => (int?)(line.Index + 1)).FirstOrDefault();
    }

    private static bool IsDefinition(string line, Match token, string previous, Language language)
    {
        if (token.Value is "var" or "int" or "string" or "double" or "bool" or "in")
        {
            return false;
        }

        var rest = line.AsSpan(token.Index + token.Length).TrimStart();
        if (previous is "import")
        {
            // Of "import pandas as pd", only pd is a name afterwards.
            return !rest.StartsWith("as ");
        }

        if (previous is "def" or "class" or "as" or "for" or "var" or "int" or "string" or "double" or "bool" or "lambda")
        {
            return true;
        }

        var before = line.AsSpan(0, token.Index);
        // What is named within a call is an argument of it.
        var named = language != Language.CSharp && before.Count('(') > before.Count(')');
        var dotted = token.Index > 0 && line[token.Index - 1] is '.' or '$';
        return !dotted && (rest.StartsWith("<-") || (!named && rest.StartsWith("=") && !rest.StartsWith("==") && !rest.StartsWith("=>")));
    }

    private static CodeName[] First(List<CodeName> all) =>
        [.. all.GroupBy(name => name.Name, StringComparer.Ordinal).Select(group => group.FirstOrDefault(name => name.Defines) ?? group.First())];

    [GeneratedRegex("""(?<text>"[^"\\]*(?:\\.[^"\\]*)*"|'[^'\\]*(?:\\.[^'\\]*)*')|(?<comment>//|#)|(?<name>[A-Za-z_][\w.]*\w|[A-Za-z_])|\d+""", RegexOptions.ExplicitCapture | RegexOptions.NonBacktracking)]
    private static partial Regex Token { get; }
}
