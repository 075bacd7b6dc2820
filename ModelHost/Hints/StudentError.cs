using System.Text.RegularExpressions;

namespace Lyceum.ModelHost.Hints;

/// <summary>The error that a student met.</summary>
/// <param name="Language">The language that it comes from.</param>
/// <param name="Name">Its kind: an exception's or compiler error's name; empty for R, whose errors have none.</param>
/// <param name="Message">What it says.</param>
/// <param name="Line">The line of the student's code, where the text names it.</param>
/// <param name="Call">The call that R names.</param>
internal sealed partial record StudentError(Language Language, string Name, string Message, int? Line, string Call)
{
    private const int MaxText = 40_000;

    /// <summary>Two errors with the same key are the same difficulty, met again.</summary>
    public string Key => $"{Name}|{Message}";

    /// <summary>The error in a text, or null when there is none that can be read.</summary>
    public static StudentError? Read(string text, Language? language)
    {
        // What is wrong stands at the end of a traceback, and at the beginning of what ChatService sends: both are kept.
        var kept = text.Length <= MaxText ? text : string.Concat(text.AsSpan(0, MaxText / 2), "\n", text.AsSpan(text.Length - (MaxText / 2)));
        var plain = Escapes.Replace(kept, "").Replace('\u2018', '\'').Replace('\u2019', '\'').Replace('\u201c', '"').Replace('\u201d', '"');
        return language switch
        {
            Language.Python => Python(plain) ?? CSharp(plain) ?? R(plain),
            Language.R => R(plain) ?? Python(plain) ?? CSharp(plain),
            Language.CSharp => CSharp(plain) ?? Python(plain) ?? R(plain),
            _ => CSharp(plain) ?? (RCall.IsMatch(plain) ? R(plain) : null) ?? Python(plain) ?? R(plain),
        };
    }

    private static StudentError? Python(string text)
    {
        var last = PythonError.Matches(text).LastOrDefault()
            ?? (text.Contains("Traceback (most recent call last)", StringComparison.Ordinal) ? PythonLastLine.Matches(text).LastOrDefault() : null);
        if (last is null)
        {
            return null;
        }

        var name = last.Groups["name"].Value;
        return new StudentError(Language.Python, name[(name.LastIndexOf('.') + 1)..], last.Groups["message"].Value.Trim(), TracebackLines.Python(text), "");
    }

    private static StudentError? CSharp(string text)
    {
        // The first one that says where: a summary before it may not.
        var errors = CompilerError.Matches(text);
        if ((errors.FirstOrDefault(match => match.Groups["line"].Success) ?? errors.FirstOrDefault()) is { } compiler)
        {
            return new StudentError(Language.CSharp, compiler.Groups["name"].Value, compiler.Groups["message"].Value.Trim(), Number(compiler.Groups["line"]), "");
        }

        var thrown = CSharpException.Match(text);
        if (!thrown.Success)
        {
            return null;
        }

        var name = thrown.Groups["name"].Value;
        return new StudentError(Language.CSharp, name[(name.LastIndexOf('.') + 1)..], thrown.Groups["message"].Value.Trim(), TracebackLines.CSharp(text), "");
    }

    private static StudentError? R(string text)
    {
        var match = RError.Match(text);
        if (!match.Success)
        {
            return null;
        }

        var place = RPlace.Match(match.Value);
        var message = place.Success ? match.Groups["message"].Value.Replace(place.Value, "", StringComparison.Ordinal) : match.Groups["message"].Value;
        return new StudentError(Language.R, "", message.Trim(), Number(place.Groups["line"]), match.Groups["call"].Value.Trim());
    }

    private static int? Number(Group group) => int.TryParse(group.ValueSpan, out var line) && line > 0 ? line : null;

    [GeneratedRegex(@"\x1b\[[0-9;]*[A-Za-z]", RegexOptions.NonBacktracking)]
    private static partial Regex Escapes { get; }

    [GeneratedRegex(@"(?:^|\s)(?<name>(?:[A-Za-z_]\w*\.)*(?:[A-Za-z_]\w*(?:Error|Exception|Warning)|KeyboardInterrupt|StopIteration|SystemExit)|(?:[A-Za-z_]\w*\.)+Error)(?:: ?(?<message>.*)|[ \t]*)$", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PythonError { get; }

    [GeneratedRegex(@"^(?<name>[A-Za-z_][\w.]*)(?:: (?<message>.*))?$", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex PythonLastLine { get; }

    [GeneratedRegex(@"(?:\((?<line>\d+),\d+\):?\s*)?(?:error |\b)(?<name>CS\d{4}): (?<message>.*)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CompilerError { get; }

    [GeneratedRegex(@"\b(?<name>(?:System\.(?:\w+\.)*)\w+Exception|(?:NullReference|IndexOutOfRange|ArgumentOutOfRange|ArgumentNull|Argument|DivideByZero|Format|InvalidCast|KeyNotFound|InvalidOperation|FileNotFound|DirectoryNotFound|Overflow)Exception)(?:: (?<message>.*))?", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex CSharpException { get; }

    [GeneratedRegex(@"\bError in .+:|\bError: unexpected |\bError: object '", RegexOptions.NonBacktracking)]
    private static partial Regex RCall { get; }

    [GeneratedRegex(@"(?:^|[\s:])Error(?: in (?<call>.+?))?[ \t]?:\s+(?<message>\S.*)", RegexOptions.Multiline | RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex RError { get; }

    [GeneratedRegex(@"(?:<text>|\btext):(?<line>\d+):\d+:\s*", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex RPlace { get; }
}
