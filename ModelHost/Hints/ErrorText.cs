using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>Finds where an error begins and ends in pasted text. Every pattern runs in linear time: the text is anybody's.</summary>
internal static partial class ErrorText
{
    /// <summary>Where an error begins; negative when there is none.</summary>
    public static int StartIn(string text)
    {
        var match = Beginning.Match(text);
        return match.Success ? match.Index : -1;
    }

    /// <summary>Parts prose that begins with an error into the error and what follows it.</summary>
    public static (string Error, string After) Split(string text, bool fenced)
    {
        if (fenced)
        {
            return (text, "");
        }

        var lines = text.Split('\n');
        var last = Array.FindLastIndex(lines, line => Belongs.IsMatch(line));
        // R puts what is wrong on the line after "Error in ... :".
        last += last >= 0 && last + 1 < lines.Length && lines[last].TrimEnd().EndsWith(':') ? 1 : 0;
        return (string.Join('\n', lines[..(last + 1)]), string.Join('\n', lines[(last + 1)..]));
    }

    [GeneratedRegex(@"^(?:Traceback \(most recent call last\)|-{20,}$|\s*(?:Cell|Input) In ?\[|\s*File ""[^""]+"", line \d+|(?:Unhandled exception\. )?[\w.]*(?:Error|Exception|Interrupt|StopIteration)\b(?::|$)|Error(?: in .*)?\s?:|Unhandled exception|.*\berror CS\d{4}:|CS\d{4}:)|\b[A-Z]\w*(?:Error|Exception): \S|\bError in \S", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Beginning { get; }

    [GeneratedRegex(@"(?:Error|Exception|Interrupt|StopIteration)\b(?:: |$)|^Error|\berror CS\d{4}:|^CS\d{4}:|^\s+at |^\s*-*>? ?\d+ |^\s+\^|^  File |:line \d+", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Belongs { get; }
}
