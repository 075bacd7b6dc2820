using System.Text.Json;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>A part of a text that gives way to another one.</summary>
/// <param name="At">Where, in the text as the parts before have left it, in UTF-16 units.</param>
/// <param name="Removed">How many units go.</param>
/// <param name="Inserted">What comes.</param>
internal readonly record struct TextChange(int At, int Removed, string Inserted);

/// <summary>
/// A change of a whole text as CodeMirror 6 writes it (<c>ChangeSet.toJSON</c>): an array in which a number keeps so many units, and an
/// array <c>[removed, line, line...]</c> replaces so many by the lines, which line feeds join.
/// </summary>
/// <param name="OldLength">The length of the text that it was made for.</param>
/// <param name="Changes">The parts that differ, in order.</param>
internal sealed record ChangeSet(int OldLength, IReadOnlyList<TextChange> Changes)
{
    /// <summary>Reads one; null when it is none.</summary>
    public static ChangeSet? Read(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            return null;
        }

        List<TextChange> changes = [];
        var (length, at) = (0L, 0L);
        foreach (var part in json.EnumerateArray())
        {
            if (Count(part) is { } kept)
            {
                length += kept;
                at += kept;
            }
            else if (Count(part.First()) is { } removed && Lines(part) is { } inserted)
            {
                changes.Add(new TextChange((int)Math.Min(at, int.MaxValue), removed, inserted));
                length += removed;
                at += inserted.Length;
            }
            else
            {
                return null;
            }
        }

        return length <= int.MaxValue && at <= int.MaxValue ? new ChangeSet((int)length, changes) : null;
    }

    /// <summary>The text of an array of lines; null when it is none.</summary>
    public static string? Document(JsonElement lines) =>
        lines.ValueKind == JsonValueKind.Array && lines.EnumerateArray().All(line => line.ValueKind == JsonValueKind.String)
            ? string.Join('\n', lines.EnumerateArray().Select(line => line.GetString()))
            : null;

    private static int? Count(JsonElement number) =>
        number.ValueKind == JsonValueKind.Number && number.TryGetInt32(out var count) && count >= 0 ? count : null;

    private static string? Lines(JsonElement part)
    {
        var lines = part.EnumerateArray().Skip(1).ToList();
        return lines.All(line => line.ValueKind == JsonValueKind.String) ? string.Join('\n', lines.Select(line => line.GetString())) : null;
    }
}
