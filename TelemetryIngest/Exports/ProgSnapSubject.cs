using System.Globalization;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Studies;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>
/// Turns one subject's events, in their order, into rows of the MainTable; remembers the subject's sessions, code states and attempts.
/// A column that the specification gives to certain events is filled for those alone.
/// </summary>
internal sealed class ProgSnapSubject(string subject, string course, StudyKey key)
{
    private readonly HashSet<Guid> _sessions = [];
    private readonly Dictionary<(string? Notebook, string? Cell), string> _states = [];
    private readonly Dictionary<(string? Notebook, string? Cell), int> _attempts = [];
    private readonly Dictionary<Guid, string?> _rebuilt = [];
    private readonly Dictionary<Guid, (string? Place, string? Deleted)> _edits = [];
    private long _order;

    public string Subject => subject;

    /// <summary>Takes note of what an event has made of its cell.</summary>
    public void Know(RebuiltStep step)
    {
        _rebuilt[step.Event] = step.Code is { } code ? StateOf(code) : null;
        if (step.Place is not null)
        {
            _edits[step.Event] = (step.Place, step.Deleted);
        }
    }

    /// <summary>The id of a code state: of whose it is and the code, so that the same code again is the same state.</summary>
    public string StateOf(string code) => key.Id("state", $"{subject}/{code}").ToString("N");

    /// <summary>The rows of the next event.</summary>
    public IEnumerable<ProgSnapRow> Rows(ExportedEvent one)
    {
        if (one.Session is { } session && _sessions.Add(session))
        {
            yield return Fabricated(Universal(one), "Session.Start", $"{one.EventId}-session", (ProgSnapColumn.SessionID, session.ToString()));
        }

        var type = ProgSnapEventTypes.Of(one.Type, one.Success);
        var row = Universal(one);
        row[ProgSnapColumn.EventType] = type;
        row[ProgSnapColumn.CodeStateID] = State(one);
        if (type == "Run.Program")
        {
            var error = ExecutionError.Of(one.Detail ?? default);
            Run(row, one, error);
            yield return row;
            if (one.Success == false && error.IsOfCompiler)
            {
                // What a run does not say in ProgSnap2: that it was the compiler that refused.
                var compile = Fabricated(row, "Compile", $"{one.EventId}-compile", (ProgSnapColumn.CodeStateSection, one.Notebook), (ProgSnapColumn.CompileResult, "Error"), (ProgSnapColumn.EventInitiator, "ToolReaction"));
                yield return compile;
                yield return Fabricated(
                    row,
                    "Compile.Error",
                    $"{one.EventId}-compile-error",
                    (ProgSnapColumn.ParentEventID, compile[ProgSnapColumn.EventID]),
                    (ProgSnapColumn.CodeStateSection, one.Notebook),
                    (ProgSnapColumn.CompileMessageType, error.Name),
                    (ProgSnapColumn.CompileMessageData, error.Value),
                    (ProgSnapColumn.SourceLocation, error.Line is { } line ? string.Create(CultureInfo.InvariantCulture, $"Text:{line}") : null));
            }

            yield break;
        }

        Describe(row, one, type);
        yield return row;
    }

    private ProgSnapRow Universal(ExportedEvent one) => new()
    {
        [ProgSnapColumn.EventID] = one.EventId.ToString(),
        [ProgSnapColumn.SubjectID] = subject,
        [ProgSnapColumn.ToolInstances] = ProgSnapEventTypes.ToolsOf(one),
        [ProgSnapColumn.Order] = Next(),
        [ProgSnapColumn.ClientTimestamp] = CsvTable.Time(one.Time),
        [ProgSnapColumn.ServerTimestamp] = CsvTable.Time(one.ReceivedAt),
        [ProgSnapColumn.CourseID] = course,
        [ProgSnapColumn.AssignmentID] = one.Notebook,
        [ProgSnapColumn.ProblemID] = one.Cell is null ? null : $"{one.Notebook}#{one.Cell}",
        [ProgSnapColumn.ExperimentalCondition] = one.Detail?.Text("arm") ?? one.Detail?.Text("condition"),
        [ProgSnapColumn.IsFabricatedEvent] = "false",
    };

    /// <summary>An event that nobody recorded, with what is universal of another.</summary>
    private ProgSnapRow Fabricated(ProgSnapRow from, string type, string id, params ReadOnlySpan<(ProgSnapColumn Column, string? Value)> values)
    {
        var row = from.Universal();
        row[ProgSnapColumn.EventType] = type;
        row[ProgSnapColumn.EventID] = id;
        row[ProgSnapColumn.Order] = from[ProgSnapColumn.EventType] is null ? from[ProgSnapColumn.Order] : Next();
        row[ProgSnapColumn.IsFabricatedEvent] = "true";
        foreach (var (column, value) in values)
        {
            row[column] = value;
        }

        return row;
    }

    private void Run(ProgSnapRow row, ExportedEvent one, ExecutionError error)
    {
        var cell = (one.Notebook, one.Cell);
        // One run that two have reported is one attempt; which report comes first is not certain.
        var attempt = _attempts.GetValueOrDefault(cell) + (one.IsReportedLater == false ? 0 : 1);
        _attempts[cell] = one.IsReportedLater is null ? attempt : _attempts.GetValueOrDefault(cell);
        row[ProgSnapColumn.Attempt] = one.Cell is null ? null : attempt.ToString(CultureInfo.InvariantCulture);
        row[ProgSnapColumn.ExecutionID] = row[ProgSnapColumn.EventID];
        row[ProgSnapColumn.ExecutionResult] = one.Success == true ? "Success" : error.IsInterrupt ? "Timeout" : "Error";
    }

    private void Describe(ProgSnapRow row, ExportedEvent one, string type)
    {
        var detail = one.Detail ?? default;
        if (type == "Intervention")
        {
            row[ProgSnapColumn.InterventionCategory] = "Hint";
            row[ProgSnapColumn.InterventionType] = $"{one.Type};outcome={detail.Text("outcome")};model={detail.Text("model")}";
            row[ProgSnapColumn.InterventionMessage] = "An answer of the tutor. Its text is not part of this dataset.";
        }
        else
        {
            row[ProgSnapColumn.CodeStateSection] = one.Notebook;
        }

        if (type == "File.CopyText")
        {
            row[ProgSnapColumn.CopiedText] = detail.Text("selection") ?? "";
            return;
        }

        row[ProgSnapColumn.EventInitiator] = ProgSnapEventTypes.InitiatorOf(one.Type);
        if (type == "File.Edit")
        {
            var edit = one.Type == "ClipboardPasteEvent" ? new ProgSnapEdit("Paste", detail.Text("selection"), null) : ProgSnapEdit.Of(detail);
            row[ProgSnapColumn.EditType] = edit.EditType;
            row[ProgSnapColumn.InsertText] = edit.InsertText;
            row[ProgSnapColumn.DeleteLength] = edit.DeleteLength;
            (row[ProgSnapColumn.SourceLocation], row[ProgSnapColumn.DeleteText]) = _edits.GetValueOrDefault(one.EventId);
        }
    }

    /// <summary>The state of the event's cell after it; null where it is not known.</summary>
    private string? State(ExportedEvent one)
    {
        var cell = (one.Notebook, one.Cell);
        if (one.Code is { } code && (one.Success is not null || !_rebuilt.ContainsKey(one.EventId)))
        {
            return _states[cell] = StateOf(code);
        }

        if (_rebuilt.TryGetValue(one.EventId, out var state))
        {
            return state;
        }

        if (one.Type is "CellEditEvent" or "ClipboardPasteEvent" or "ClipboardCutEvent")
        {
            // pioneer does not say which cell was edited: then none of the notebook's is known any more.
            foreach (var known in _states.Keys.Where(known => known.Notebook == one.Notebook && (one.Cell is null || known.Cell == one.Cell)).ToList())
            {
                _states.Remove(known);
            }
        }

        return one.Cell is null ? null : _states.GetValueOrDefault(cell);
    }

    private string Next() => (++_order).ToString(CultureInfo.InvariantCulture);
}
