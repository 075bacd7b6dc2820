using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>Which line of the student's own code a traceback points to.</summary>
internal static partial class TracebackLines
{
    /// <summary>The last frame that is not in a library.</summary>
    public static int? Python(string text)
    {
        int? found = null;
        var own = false;
        foreach (var line in text.Split('\n'))
        {
            if (PythonFrame.Match(line) is { Success: true } frame)
            {
                own = !Library.IsMatch(line);
                found = own && Number(frame) is { } number ? number : found;
            }
            else if (own && Arrow.Match(line) is { Success: true } arrow)
            {
                found = Number(arrow) ?? found;
            }
        }

        return found;
    }

    /// <summary>The first frame with a line: the runtime's own frames have none.</summary>
    public static int? CSharp(string text) => Number(CSharpFrame.Match(text));

    private static int? Number(Match match) => int.TryParse(match.Groups["line"].ValueSpan, out var line) && line > 0 ? line : null;

    [GeneratedRegex(@"^\s*(?:(?:Cell|Input) In ?\[\d+\]|File |<ipython-input|[~/].*\.py)(?:.*(?:line |\.py:|<cell line: )(?<line>\d+))?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PythonFrame { get; }

    [GeneratedRegex(@"^-+> ?(?<line>\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Arrow { get; }

    [GeneratedRegex(@"site-packages|dist-packages|[/\\]lib[/\\]python|[/\\]Lib[/\\]|<frozen|<__array_function__", RegexOptions.NonBacktracking)]
    private static partial Regex Library { get; }

    [GeneratedRegex(@"\bline (?<line>\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CSharpFrame { get; }
}
