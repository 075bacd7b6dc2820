using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>Which line of the cell that was run a traceback points to: not one of a library, not one of another cell.</summary>
internal static partial class TracebackLines
{
    /// <summary>Python names the running cell first and goes down from there: its last frame in that cell.</summary>
    public static int? Python(string text)
    {
        int? found = null;
        string? cell = null;
        var own = false;
        foreach (var line in text.Split('\n'))
        {
            if (PythonFrame.Match(line) is { Success: true } frame)
            {
                var frameCell = frame.Groups["cell"].Value;
                own = !Library.IsMatch(line) && frameCell == (cell ?? frameCell);
                cell ??= own ? frameCell : null;
                found = own && Number(frame) is { } number ? number : found;
            }
            else if (own && Arrow.Match(line) is { Success: true } arrow)
            {
                found = Number(arrow) ?? found;
            }
        }

        return found;
    }

    /// <summary>
    /// .NET goes up to the running cell, which comes last: the first frame that is in it. A cell is in no folder; in a program
    /// the first frame with a line is the nearest.
    /// </summary>
    public static int? CSharp(string text)
    {
        var frames = CSharpFrame.Matches(text);
        var cell = frames.LastOrDefault(frame => !frame.Groups["folder"].Success)?.Groups["cell"].Value;
        var nearest = frames.FirstOrDefault(frame => cell is null || (!frame.Groups["folder"].Success && frame.Groups["cell"].Value == cell));
        return nearest is null ? null : Number(nearest);
    }

    private static int? Number(Match match) => int.TryParse(match.Groups["line"].ValueSpan, out var line) && line > 0 ? line : null;

    [GeneratedRegex(@"^\s*(?:(?:Cell|Input) In ?(?<cell>\[\d+\])|File |(?<cell><ipython-input-\d+)|[~/].*\.py)(?:.*(?:line |\.py:|<cell line: )(?<line>\d+))?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PythonFrame { get; }

    [GeneratedRegex(@"^-+> ?(?<line>\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Arrow { get; }

    [GeneratedRegex(@"site-packages|dist-packages|[/\\]lib[/\\]python|[/\\]Lib[/\\]|<frozen|<__array_function__", RegexOptions.NonBacktracking)]
    private static partial Regex Library { get; }

    [GeneratedRegex(@"(?<folder>[^\s:]*[/\\])?(?<cell>[^\s:/\\]+(?: \d+)?):line (?<line>\d+)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CSharpFrame { get; }
}
