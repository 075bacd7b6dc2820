using System.Text.Json;
using System.Text.RegularExpressions;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>What an execution failed with, from KernelService's <c>error</c> or pioneer's <c>kernelError</c>.</summary>
/// <param name="Name">Its name; null without an error.</param>
/// <param name="Value">Its message.</param>
/// <param name="Traceback">Its lines.</param>
internal sealed partial record ExecutionError(string? Name, string? Value, IReadOnlyList<string> Traceback)
{
    /// <summary>Errors that Python raises before it runs anything, and those of C#'s compiler (CS and four digits).</summary>
    public bool IsOfCompiler => Name is "SyntaxError" or "IndentationError" or "TabError" || (Name is not null && CSharp().IsMatch(Name));

    /// <summary>Whether somebody interrupted the execution.</summary>
    public bool IsInterrupt => Name is "KeyboardInterrupt" or "OperationCanceledException";

    /// <summary>The last line of code that the traceback names; null when it names none.</summary>
    public int? Line => Traceback.Reverse().Select(line => Place().Match(line)).FirstOrDefault(match => match.Success) is { } found
        && int.TryParse(found.Groups["line"].ValueSpan, out var number) ? number : null;

    /// <summary>The error in an event's detail.</summary>
    public static ExecutionError Of(JsonElement detail)
    {
        var reported = detail.Field("error");
        var observed = detail.Field("kernelError");
        return reported.ValueKind == JsonValueKind.Object
            ? new(reported.Text("name"), reported.Text("value"), Lines(reported.Field("traceback")))
            : new(observed.Text("errorName"), observed.Text("errorValue"), Lines(observed.Field("traceback")));
    }

    private static string[] Lines(JsonElement traceback) => [.. traceback.Items().Select(line => line.Text()).OfType<string>()];

    [GeneratedRegex(@"^CS\d{4}$")]
    private static partial Regex CSharp();

    [GeneratedRegex(@"\bline (?<line>\d{1,6})\b", RegexOptions.RightToLeft)]
    private static partial Regex Place();
}
