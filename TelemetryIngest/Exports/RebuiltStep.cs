using System.Globalization;
using Lyceum.TelemetryIngest.CodeStates;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>What an event of an export has made of its cell, as edits tell, scrubbed.</summary>
/// <param name="Event">The event.</param>
/// <param name="Code">The cell's code after it; null where edits are missing.</param>
/// <param name="Place">Where it has changed the code, if in one place: <c>Text:line:column</c>, both from 1.</param>
/// <param name="Deleted">What it has taken out there; null for nothing, and where that is not known.</param>
internal sealed record RebuiltStep(Guid Event, string? Code, string? Place, string? Deleted)
{
    /// <summary>The step from one code to another.</summary>
    /// <param name="one">The event.</param>
    /// <param name="before">The code before, as the step before left it; null where that is not known.</param>
    /// <param name="after">The code after.</param>
    /// <param name="edits">What is said to have changed.</param>
    /// <param name="clean">Scrubs a code and leaves its length.</param>
    public static RebuiltStep Of(Guid one, string? before, string after, IReadOnlyList<CodeEdit> edits, Func<string, string> clean)
    {
        var code = clean(after);
        if (edits is not [var edit])
        {
            return new(one, code, null, null);
        }

        // What is taken out is a part of a text that is scrubbed as a whole: half a name alone would not be known for one.
        var deleted = edit.Removed > 0 && before is not null && IsFrom(before, after, edit) ? clean(before).Substring(edit.At, edit.Removed) : null;
        return new(one, code, PlaceOf(after, edit.At), deleted);
    }

    private static bool IsFrom(string before, string after, CodeEdit edit) =>
        edit.At + edit.Removed <= before.Length
        && after == string.Concat(before.AsSpan(0, edit.At), string.Concat(edit.Inserted.Select(piece => piece.Text)), before.AsSpan(edit.At + edit.Removed));

    private static string PlaceOf(string code, int at)
    {
        var (line, column) = (code.AsSpan(0, at).Count('\n') + 1, at - (code.AsSpan(0, at).LastIndexOf('\n') + 1) + 1);
        return string.Create(CultureInfo.InvariantCulture, $"Text:{line}:{column}");
    }
}
