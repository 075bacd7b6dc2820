using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>A notebook's state as it is kept between two looks at its events.</summary>
internal sealed record SavedNotebook(int Next, IReadOnlyList<SavedCell> Cells, IReadOnlyList<SavedCell> Removed, IReadOnlyList<SavedDeletion> Deletions, bool GoesOn)
{
    /// <summary>What is larger is rebuilt from its events instead.</summary>
    private const int MaxLength = 4_000_000;

    /// <summary>Writes a state; null when it is too large to keep.</summary>
    public static string? Write(NotebookState state)
    {
        var json = JsonSerializer.Serialize(state.Save(), SavedJson.Default.SavedNotebook);
        return json.Length > MaxLength ? null : json;
    }

    /// <summary>Reads what <see cref="Write"/> has written.</summary>
    public static NotebookState Read(string json) => NotebookState.Restore(JsonSerializer.Deserialize(json, SavedJson.Default.SavedNotebook)!);
}

/// <summary>A cell with its code by origin.</summary>
internal sealed record SavedCell(int Key, string? Id, string? Type, IReadOnlyList<TracedCode> Code, bool IsKnown, bool IsTracked, bool IsBroken)
{
    public static SavedCell Of(CellState cell) => new(cell.Key, cell.Id, cell.Type, cell.Text.Slice(0, cell.Text.Length), cell.IsKnown, cell.IsTracked, cell.IsBroken);

    public CellState Restore() => new(Key)
    {
        Id = Id,
        Type = Type,
        IsKnown = IsKnown,
        IsTracked = IsTracked,
        IsBroken = IsBroken,
        Text = new TracedText(string.Concat(Code.Select(piece => piece.Text)), Code.Select(piece => new Span(piece.Text.Length, piece.Origin))),
    };
}

/// <summary>Something that was deleted lately.</summary>
internal sealed record SavedDeletion(int Cell, int At, IReadOnlyList<TracedCode> Pieces);

[JsonSerializable(typeof(SavedNotebook))]
internal sealed partial class SavedJson : JsonSerializerContext;
