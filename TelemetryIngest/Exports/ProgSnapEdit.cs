using System.Globalization;
using System.Text.Json;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>What an edit did, in ProgSnap2's words.</summary>
/// <param name="EditType">Insert, Delete, Replace, or GenericEdit where only the result is known.</param>
/// <param name="InsertText">The text that was put in; null for more than one place.</param>
/// <param name="DeleteLength">How many characters were taken out; null for none.</param>
internal sealed record ProgSnapEdit(string EditType, string? InsertText, string? DeleteLength)
{
    /// <summary>More than a text can have; so many of them that a sum of these overflows are no body that is taken.</summary>
    private const long MaxLength = int.MaxValue;

    /// <summary>The edit of pioneer's <c>CellEditEvent</c>: a whole text, or a serialized CodeMirror ChangeSet.</summary>
    public static ProgSnapEdit Of(JsonElement detail)
    {
        var changes = detail.Field("changes").Items().Where(part => part.ValueKind == JsonValueKind.Array && part.GetArrayLength() > 0).ToList();
        var deleted = changes.Sum(part => part[0].ValueKind == JsonValueKind.Number && part[0].TryGetInt64(out var length) ? Math.Clamp(length, 0, MaxLength) : 0);
        string[] inserted = [.. changes.Where(part => part.GetArrayLength() > 1).Select(part => string.Join('\n', part.Items().Skip(1).Select(line => line.Text())))];
        var type = (deleted > 0, inserted.Length > 0) switch
        {
            (true, true) => "Replace",
            (true, false) => "Delete",
            (false, true) => "Insert",
            _ => "GenericEdit",
        };
        return new(type, inserted is [var text] ? text : null, deleted > 0 ? deleted.ToString(CultureInfo.InvariantCulture) : null);
    }
}
