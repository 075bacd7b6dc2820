namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>A cell and its code at some time.</summary>
/// <param name="key">Its number in the notebook's history, which it keeps.</param>
internal sealed class CellState(int key)
{
    public int Key => key;

    /// <summary>The id that the notebook has for it; null while no event has said it.</summary>
    public string? Id { get; set; }

    /// <summary><c>code</c>, <c>markdown</c> or <c>raw</c>; null when unknown.</summary>
    public string? Type { get; set; }

    public TracedText Text { get; init; } = new();

    /// <summary>Whether its code is known at all.</summary>
    public bool IsKnown { get; set; }

    /// <summary>Whether its edits are reported, so that the code is known between executions, too.</summary>
    public bool IsTracked { get; set; }

    /// <summary>Whether an edit is missing, so that the code is not known until it is sent as a whole again.</summary>
    public bool IsBroken { get; set; }
}

/// <summary>Puts a part of a cell's code in the place of another.</summary>
/// <param name="Cell">The cell's number in the history.</param>
/// <param name="At">Where, in UTF-16 units of the code as the edits before have left it.</param>
/// <param name="Removed">How many units go.</param>
/// <param name="Inserted">What comes, by origin; not null, but it may be empty.</param>
public sealed record CodeEdit(int Cell, int At, int Removed, IReadOnlyList<TracedCode> Inserted);

/// <summary>A cell that comes to a place in the notebook, or moves there.</summary>
/// <param name="Cell">The cell's number in the history.</param>
/// <param name="Index">The place, from 0.</param>
public sealed record CellPlace(int Cell, int Index);
