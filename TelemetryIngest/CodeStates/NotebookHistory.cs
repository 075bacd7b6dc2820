using System.Text.Json;
using Lyceum.TelemetryIngest.Events;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>
/// Follows one learner's notebook from event to event: which cells there are, what is in them, and where each part of that came from.
/// docs/code-states.md says by which rules.
/// </summary>
/// <param name="events">Events of one notebook; those to come afterwards must not be earlier.</param>
/// <param name="state">The state before them.</param>
internal sealed class NotebookHistory(IEnumerable<NotebookEvent> events, NotebookState state)
{
    public const string TutorQuestion = "TutorQuestion";
    public const string TutorAnswer = "TutorAnswer";

    /// <summary>Of so many events of one millisecond the one that fits is looked for.</summary>
    private const int MaxTied = 32;

    private readonly List<NotebookEvent> _events = Sorted(events);

    /// <summary>A history from the beginning.</summary>
    public NotebookHistory(IEnumerable<NotebookEvent> events)
        : this(events, new NotebookState())
    {
    }

    /// <summary>The state after the last step that was taken.</summary>
    public NotebookState State => state;

    /// <summary>Takes the events one by one; between two steps <see cref="State"/> is the state after the first of them.</summary>
    public IEnumerable<NotebookStep> Steps()
    {
        var pastes = new Pastes(_events);
        for (var i = 0; i < _events.Count; i++)
        {
            Prefer(i);
            var one = _events[i];
            var cell = Apply(one, pastes);
            var (placed, removed, changes) = state.TakeChanges();
            yield return new NotebookStep(one, cell, placed, removed, changes, cell?.IsBroken ?? false);
        }
    }

    private static List<NotebookEvent> Sorted(IEnumerable<NotebookEvent> events)
    {
        List<NotebookEvent> sorted = [.. events];
        sorted.Sort(NotebookEvent.Compare);
        return sorted;
    }

    private CellState? Apply(NotebookEvent one, Pastes pastes)
    {
        if (one.Detail.Field("notebookContent").Field("cells") is { ValueKind: JsonValueKind.Array } whole)
        {
            Synchronise(whole.Items().Select(cell => (cell.Text("id"), cell.Text("cell_type"), (string?)SourceOf(cell))));
        }

        switch (one.Type)
        {
            case "NotebookOpenEvent" when one.Detail.Field("cells").ValueKind == JsonValueKind.Array:
                Synchronise(one.Detail.Field("cells").Items().Select(cell => (cell.Text("id"), cell.Text("type"), ChangeSet.Document(cell.Field("doc")))));
                return null;
            case "CellAddEvent":
                return Add(one);
            case "CellRemoveEvent":
                foreach (var cell in one.Detail.Field("cells").Items().OrderByDescending(cell => IndexOf(cell) ?? -1))
                {
                    state.Remove(cell.Text("id"), IndexOf(cell));
                }

                return null;
            case "CellEditEvent":
                return Edit(one, pastes);
            case Execution.Reported:
                return Execute(one);
            case TutorQuestion or TutorAnswer:
                return null;
            default:
                var first = one.Detail.Field("cells").First();
                return state.Find(first.Text("id") ?? one.Cell, IndexOf(first), first.Text("type"));
        }
    }

    private CellState? Add(NotebookEvent one)
    {
        CellState? last = null;
        foreach (var cell in one.Detail.Field("cells").Items())
        {
            last = state.Add(cell.Text("id"), IndexOf(cell), cell.Text("type"));
            if (last is null || ChangeSet.Document(cell.Field("doc")) is not { } text || last.Text.ToString() == text)
            {
                continue;
            }

            last.IsBroken = text.Length > NotebookState.MaxText || !state.HasRoom(text.Length - last.Text.Length);
            if (!last.IsBroken)
            {
                // A copy, a half of a split cell, or one that was cut: it came from where the same code stands or stood.
                state.Replace(last, 0, last.Text.Length, text.Length == 0 ? [] : state.FindCode(text, last) ?? [Piece(text, Origin.Unknown)]);
            }
        }

        return last;
    }

    private CellState? Edit(NotebookEvent one, Pastes pastes)
    {
        var first = one.Detail.Field("cells").First();
        if (state.Find(first.Text("id") ?? one.Cell, IndexOf(first) ?? IndexOf(one.Detail), one.Detail.Text("type")) is not { } cell)
        {
            return null;
        }

        if (ChangeSet.Document(one.Detail.Field("doc")) is { } text)
        {
            SetCode(cell, text, OriginOf(one.Detail) ?? (cell.IsKnown ? Origin.Unknown : Origin.Existing));
            cell.IsTracked = true;
        }
        else if (ChangeSet.Read(one.Detail.Field("changes")) is { } set && Fits(cell, set))
        {
            Begin(cell, set);
            foreach (var (at, removed, inserted) in set.Changes)
            {
                state.Replace(cell, at, removed, inserted.Length == 0 ? [] : Trace(cell, inserted, OriginOf(one.Detail) ?? (pastes.Take(inserted, one.Time) ? Origin.Pasted : Origin.Typed)));
            }

            cell.IsTracked = cell.IsKnown = true;
        }
        else
        {
            cell.IsBroken = true;
        }

        return cell;
    }

    private CellState? Execute(NotebookEvent one)
    {
        if (one.Cell is null || state.Find(one.Cell, null) is not { } cell)
        {
            return null;
        }

        // Where edits are reported they are newer than what runs; elsewhere this is all that is known of the code.
        if ((!cell.IsTracked || cell.IsBroken) && one.Detail.Text("code") is { } code)
        {
            SetCode(cell, code.ReplaceLineEndings("\n"), cell.IsKnown ? Origin.Unknown : Origin.Existing);
        }

        return cell;
    }

    /// <summary>Brings the whole notebook to what it is said to be.</summary>
    private void Synchronise(IEnumerable<(string? Id, string? Type, string? Code)> cells)
    {
        var index = 0;
        foreach (var (id, type, code) in cells)
        {
            if (state.Find(id, index++, type) is { } cell && code is not null && (!cell.IsKnown || cell.IsBroken || cell.Text.ToString() != code))
            {
                SetCode(cell, code, cell.IsKnown ? Origin.Unknown : Origin.Existing);
            }
        }

        while (state.Cells.Count > index)
        {
            state.Remove(null, state.Cells.Count - 1);
        }
    }

    /// <summary>Makes a cell's code what it is said to be; what differs came from there.</summary>
    private void SetCode(CellState cell, string text, Origin origin)
    {
        cell.IsKnown = true;
        if (text.Length > NotebookState.MaxText || !state.HasRoom(text.Length - cell.Text.Length))
        {
            cell.IsBroken = true;
            return;
        }

        cell.IsBroken = false;
        var before = cell.Text.ToString();
        if (before == text)
        {
            return;
        }

        var (start, end) = Common(before, text);
        var inserted = text[start..(text.Length - end)];
        state.Replace(cell, start, before.Length - end - start, inserted.Length == 0 ? [] : Trace(cell, inserted, origin));
    }

    /// <summary>How much two texts have in common at the start and at the end, without cutting a character in two.</summary>
    private static (int Start, int End) Common(string one, string other)
    {
        var start = one.AsSpan().CommonPrefixLength(other);
        start -= start > 0 && char.IsHighSurrogate(one[start - 1]) ? 1 : 0;
        var end = 0;
        while (end < Math.Min(one.Length, other.Length) - start && one[^(end + 1)] == other[^(end + 1)])
        {
            end++;
        }

        end -= end > 0 && char.IsLowSurrogate(one[^end]) ? 1 : 0;
        return (start, end);
    }

    /// <summary>Whose an inserted text is: what was here before keeps its origin, and what is the tutor's stays the tutor's.</summary>
    private IReadOnlyList<TracedCode> Trace(CellState cell, string inserted, Origin origin)
    {
        if (origin.Source is CodeSource.Tutor or CodeSource.Existing)
        {
            return [Piece(inserted, origin)];
        }

        if (state.Deletions.Find(inserted) is { } back)
        {
            return back;
        }

        return origin.Source == CodeSource.Pasted && state.FindCode(inserted, null) is { } copied && copied.Exists(piece => piece.Source == CodeSource.Tutor)
            ? [.. copied.Select(piece => piece.Source == CodeSource.Tutor ? piece : piece with { Source = CodeSource.Pasted })]
            : [Piece(inserted, origin)];
    }

    private bool Fits(CellState cell, ChangeSet set) =>
        !cell.IsBroken && set.Changes.Sum(change => (long)change.Inserted.Length) is var more
        && set.OldLength + more <= NotebookState.MaxText && state.HasRoom(more)
        && (cell.Text.Length == set.OldLength || (!cell.IsKnown && state.MayAssume(set.OldLength)));

    /// <summary>A cell's first edit says how long the code was, but not what it was.</summary>
    private void Begin(CellState cell, ChangeSet set)
    {
        if (cell.Text.Length != set.OldLength)
        {
            state.Assume(cell, set.OldLength);
        }
    }

    /// <summary>Of edits of one millisecond, whose order no clock tells, takes one that fits what there is.</summary>
    private void Prefer(int index)
    {
        if (index + 1 == _events.Count || _events[index + 1].Time != _events[index].Time)
        {
            return;
        }

        for (var i = index; i < _events.Count && i < index + MaxTied && _events[i].Time == _events[index].Time; i++)
        {
            if (IsNext(_events[i]))
            {
                var next = _events[i];
                _events.RemoveAt(i);
                _events.Insert(index, next);
                return;
            }
        }
    }

    private bool IsNext(NotebookEvent one) =>
        one.Type != "CellEditEvent" || one.Sequence is not null || ChangeSet.Read(one.Detail.Field("changes")) is not { } set
        || (IndexOf(one.Detail) is { } index && index < state.Cells.Count && state.Cells[index].Text.Length == set.OldLength);

    private static Origin? OriginOf(JsonElement detail) => detail.Text("origin") switch
    {
        "typed" => Origin.Typed,
        "pasted" => Origin.Pasted,
        "tutor" => new Origin(CodeSource.Tutor, detail.Text("turn")),
        "existing" => Origin.Existing,
        _ => null,
    };

    private static int? IndexOf(JsonElement where) =>
        where.Field("index") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt32(out var index) && index >= 0 ? index : null;

    private static TracedCode Piece(string text, Origin origin) => new(text, origin.Source, origin.Turn);

    /// <summary>nbformat: a multi-line string may be a list of lines, each with its line break.</summary>
    private static string SourceOf(JsonElement cell) =>
        cell.Text("source") ?? string.Concat(cell.Field("source").Items().Select(line => line.Text()));
}

/// <summary>What one event changed.</summary>
/// <param name="Event">The event.</param>
/// <param name="Cell">The cell that it is about; null when it is about none, or about several.</param>
/// <param name="Placed">Cells that came or moved.</param>
/// <param name="Removed">Cells that went, by number.</param>
/// <param name="Edits">What changed in cells' code.</param>
/// <param name="IsBroken">Whether edits of the cell are missing, so that its code is not what it seems.</param>
internal sealed record NotebookStep(
    NotebookEvent Event, CellState? Cell, IReadOnlyList<CellPlace> Placed, IReadOnlyList<int> Removed, IReadOnlyList<CodeEdit> Edits, bool IsBroken);
