namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>A notebook's cells in order, with their code and where it came from; notes each change that is made to it.</summary>
internal sealed class NotebookState
{
    private const int MaxCells = 2000;
    private const int MaxRemoved = 50;

    /// <summary>What is longer is nobody's own code, and its edits are not followed.</summary>
    public const int MaxText = 200_000;

    private readonly List<CellState> _cells = [];
    private readonly List<CellState> _removed = [];
    private readonly List<CellPlace> _placed = [];
    private readonly List<int> _taken = [];
    private readonly List<CodeEdit> _edits = [];
    private int _next;

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
            while (_cells.Count < at)
            {
                Insert(_cells.Count, null);
            }

            // A cell of whose addition nobody heard is in between, if the one that stands there is known by another id.
            found = at < _cells.Count && (id is null || _cells[at].Id is null) ? _cells[at] : Insert(at, id);
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

        cell.Text.Replace(at, removed, inserted);
        _edits.Add(new CodeEdit(cell.Key, at, removed, inserted));
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
        [.. Deletions.Kept.Select(one => new SavedDeletion(one.Cell, one.At, one.Pieces))], Deletions.GoesOn);

    /// <summary>A state that was saved.</summary>
    public static NotebookState Restore(SavedNotebook saved)
    {
        var state = new NotebookState { _next = saved.Next };
        state._cells.AddRange(saved.Cells.Select(cell => cell.Restore()));
        state._removed.AddRange(saved.Removed.Select(cell => cell.Restore()));
        state.Deletions.Restore(saved.Deletions.Select(one => (one.Cell, one.At, one.Pieces.ToList())), saved.GoesOn);
        return state;
    }

    private CellState? Insert(int at, string? id)
    {
        if (_cells.Count >= MaxCells)
        {
            return null;
        }

        var cell = id is null ? null : _removed.Find(removed => removed.Id == id);
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
