namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>A notebook's cells in order, with their code and where it came from; notes each change that is made to it.</summary>
internal sealed class NotebookState
{
    private const int MaxCells = 2000;
    private const int MaxRemoved = 50;

    /// <summary>More cells than are ever made in one notebook, those included that went again.</summary>
    private const int MaxEverMade = 50_000;

    /// <summary>How many characters all cells have together, at most; more are not followed.</summary>
    private const int MaxLength = 4_000_000;

    /// <summary>How many characters are taken for there without anybody having sent them.</summary>
    private const int MaxAssumed = 1_000_000;

    /// <summary>What is longer is nobody's own code, and its edits are not followed.</summary>
    public const int MaxText = 200_000;

    private readonly List<CellState> _cells = [];
    private readonly List<CellState> _removed = [];
    private readonly List<CellPlace> _placed = [];
    private readonly List<int> _taken = [];
    private readonly List<CodeEdit> _edits = [];
    private int _next;
    private int _length;
    private int _assumed;

    /// <summary>The cells in order.</summary>
    public IReadOnlyList<CellState> Cells => _cells;

    /// <summary>What was deleted lately.</summary>
    public Deletions Deletions { get; } = new();

    /// <summary>What has changed since this was asked the last time.</summary>
    public (IReadOnlyList<CellPlace> Placed, IReadOnlyList<int> Removed, IReadOnlyList<CodeEdit> Edits) TakeChanges()
    {
        var changes = (_placed.ToArray(), _taken.ToArray(), _edits.ToArray());
        _placed.Clear();
        _taken.Clear();
        _edits.Clear();
        return changes;
    }

    /// <summary>Whether there can be so many more characters.</summary>
    public bool HasRoom(long more) => _length + more <= MaxLength;

    /// <summary>Whether so many characters can be taken for there.</summary>
    public bool MayAssume(int length) => _assumed + length <= MaxAssumed && HasRoom(length);

    /// <summary>The cell with the id, else the one at the index; made where there is none.</summary>
    /// <returns>Null when neither says which cell is meant, or the notebook has more cells than are followed.</returns>
    public CellState? Find(string? id, int? index, string? type = null)
    {
        var found = id is null ? null : _cells.Find(cell => cell.Id == id);
        if (found is not null && index is { } place && place < _cells.Count && _cells[place] != found)
        {
            Move(found, place);
        }

        if (found is null && index is { } at and >= 0 and < MaxCells)
        {
            while (_cells.Count < at && Insert(_cells.Count, null) is not null)
            {
            }

            // A cell of whose addition nobody heard is in between, if the one that stands there is known by another id.
            found = at < _cells.Count && (id is null || _cells[at].Id is null) ? _cells[at] : Insert(Math.Min(at, _cells.Count), id);
        }

        found ??= id is null ? null : Insert(_cells.Count, id);
        if (found is not null)
        {
            found.Id ??= id;
            found.Type = type ?? found.Type;
        }

        return found;
    }

    /// <summary>Adds a cell at a place; one that was removed comes back with what was in it.</summary>
    public CellState? Add(string? id, int? index, string? type)
    {
        var at = Math.Clamp(index ?? _cells.Count, 0, _cells.Count);
        if (id is not null && _cells.Exists(cell => cell.Id == id))
        {
            return Find(id, at, type);
        }

        var added = Insert(at, id);
        if (added is not null)
        {
            added.Type = type;
            added.IsKnown = added.IsTracked = true;
        }

        return added;
    }

    /// <summary>Takes a cell away.</summary>
    public void Remove(string? id, int? index)
    {
        var at = id is null ? index ?? -1 : _cells.FindIndex(cell => cell.Id == id);
        if (at < 0 || at >= _cells.Count)
        {
            return;
        }

        _removed.Add(_cells[at]);
        if (_removed.Count > MaxRemoved)
        {
            _length -= _removed[0].Text.Length;
            _removed.RemoveAt(0);
        }

        _taken.Add(_cells[at].Key);
        _cells.RemoveAt(at);
    }

    /// <summary>Changes a part of a cell's code.</summary>
    public void Replace(CellState cell, int at, int removed, IReadOnlyList<TracedCode> inserted)
    {
        if (removed > 0)
        {
            Deletions.Add(cell.Key, at, cell.Text.Slice(at, removed));
        }

        if (inserted.Count > 0)
        {
            Deletions.Interrupt();
        }

        _length -= cell.Text.Length;
        cell.Text.Replace(at, removed, inserted);
        _length += cell.Text.Length;
        _edits.Add(new CodeEdit(cell.Key, at, removed, inserted));
    }

    /// <summary>Takes a cell's code for so long: what it was nobody knows.</summary>
    public void Assume(CellState cell, int length)
    {
        _assumed += length;
        Replace(cell, 0, cell.Text.Length, [new TracedCode(new string(SavedCode.Unknown, length), CodeSource.Existing, null)]);
    }

    /// <summary>Where the text stands in a cell, one that was removed included; null when it does not.</summary>
    public List<TracedCode>? FindCode(string text, CellState? except)
    {
        foreach (var cell in _cells.Concat(_removed).Where(cell => cell != except && cell.Text.Length >= text.Length))
        {
            if (cell.Text.ToString().IndexOf(text, StringComparison.Ordinal) is var at and >= 0)
            {
                return cell.Text.Slice(at, text.Length);
            }
        }

        return null;
    }

    /// <summary>All that later events can build on.</summary>
    public SavedNotebook Save() => new(
        _next, [.. _cells.Select(SavedCell.Of)], [.. _removed.Select(SavedCell.Of)],
        [.. Deletions.Kept.Select(one => new SavedDeletion(one.Cell, one.At, [.. one.Pieces.Select(SavedCode.Of)]))], Deletions.GoesOn);

    /// <summary>A state that was saved.</summary>
    public static NotebookState Restore(SavedNotebook saved)
    {
        var state = new NotebookState { _next = saved.Next };
        state._cells.AddRange(saved.Cells.Select(cell => cell.Restore()));
        state._removed.AddRange(saved.Removed.Select(cell => cell.Restore()));
        state.Deletions.Restore(saved.Deletions.Select(one => (one.Cell, one.At, one.Pieces.Select(piece => piece.Restore()).ToList())), saved.GoesOn);
        state._length = state._cells.Concat(state._removed).Sum(cell => cell.Text.Length);
        return state;
    }

    private CellState? Insert(int at, string? id)
    {
        var cell = id is null ? null : _removed.Find(removed => removed.Id == id);
        if (_cells.Count >= MaxCells || (cell is null && _next >= MaxEverMade))
        {
            return null;
        }

        _ = cell is not null && _removed.Remove(cell);
        cell ??= new CellState(_next++) { Id = id };
        _cells.Insert(at, cell);
        _placed.Add(new CellPlace(cell.Key, at));
        return cell;
    }

    private void Move(CellState cell, int index)
    {
        _cells.Remove(cell);
        _cells.Insert(index, cell);
        _placed.Add(new CellPlace(cell.Key, index));
    }
}
