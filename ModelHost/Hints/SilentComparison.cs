using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>Finds a comparison that stands by itself where a value was to be given: it runs without an error and does nothing. C# refuses to compile it.</summary>
internal static partial class SilentComparison
{
    /// <summary>What is to be seen in the code; empty for nothing.</summary>
    public static string In(CodeReading reading, Language language)
    {
        if (language == Language.CSharp)
        {
            return "";
        }

        for (var i = 0; i < reading.Lines.Count; i++)
        {
            // At the margin its answer is shown, which may be wanted; after an open bracket or an operator it is a part of another line.
            if (Comparison.IsMatch(reading.Lines[i]) && (i == 0 || !GoesOn.IsMatch(reading.Lines[i - 1])))
            {
                return $"Line {i + 1} compares two values with {Markdown.Code("==")} and does nothing with the answer.";
            }
        }

        return "";
    }

    [GeneratedRegex(@"^[ \t]+[\w.]+(\[[^\]]*\])?[ \t]*==[^=]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Comparison { get; }

    [GeneratedRegex(@"([(\[{,\\&|=+*/<>-]|\b(and|or|not|in|return))[ \t]*(#.*)?$", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex GoesOn { get; }
}
