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
internal sealed record SavedCell(int Key, string? Id, string? Type, IReadOnlyList<SavedCode> Code, bool IsKnown, bool IsTracked, bool IsBroken)
{
    public static SavedCell Of(CellState cell) => new(cell.Key, cell.Id, cell.Type, [.. cell.Text.Slice(0, cell.Text.Length).Select(SavedCode.Of)], cell.IsKnown, cell.IsTracked, cell.IsBroken);

    public CellState Restore() => new(Key)
    {
        Id = Id,
        Type = Type,
        IsKnown = IsKnown,
        IsTracked = IsTracked,
        IsBroken = IsBroken,
        Text = TracedText.Of(Code.Select(piece => piece.Restore())),
    };
}

/// <summary>Something that was deleted lately.</summary>
internal sealed record SavedDeletion(int Cell, int At, IReadOnlyList<SavedCode> Pieces);

/// <summary>A piece of code. Code of which only the length is known is kept as that.</summary>
internal sealed record SavedCode(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text,
    CodeSource Source,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Turn,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] int Assumed)
{
    /// <summary>What stands for a character that nobody has sent: U+FFFD.</summary>
    public const char Unknown = '\uFFFD';

    public static SavedCode Of(TracedCode piece) => piece.Text.AsSpan().ContainsAnyExcept(Unknown)
        ? new SavedCode(piece.Text, piece.Source, piece.Turn, 0)
        : new SavedCode(null, piece.Source, piece.Turn, piece.Text.Length);

    public TracedCode Restore() => new(Text ?? new string(Unknown, Assumed), Source, Turn);
}

[JsonSerializable(typeof(SavedNotebook))]
internal sealed partial class SavedJson : JsonSerializerContext;
