namespace Lyceum.TelemetryIngest.Exports;

/// <summary>
/// The columns of ProgSnap2's MainTable (version 1.0, https://cssplice.org/progsnap2) that this service has something for, under
/// their names and in their order there: the five required ones, then universal ones, then those of certain events.
/// </summary>
internal enum ProgSnapColumn
{
#pragma warning disable CS1591 // The specification describes them.
    EventType,
    EventID,
    CodeStateID,
    SubjectID,
    ToolInstances,
    Order,
    ClientTimestamp,
    ServerTimestamp,
    CourseID,
    AssignmentID,
    ProblemID,
    Attempt,
    ExperimentalCondition,
    IsFabricatedEvent,
    ParentEventID,
    SessionID,
    CodeStateSection,
    CopiedText,
    EventInitiator,
    EditType,
    CompileResult,
    CompileMessageType,
    CompileMessageData,
    SourceLocation,
    ExecutionID,
    ExecutionResult,
    InterventionCategory,
    InterventionType,
    InterventionMessage,
    InsertText,
    DeleteText,
    DeleteLength,
#pragma warning restore CS1591
}

/// <summary>A row of the MainTable.</summary>
internal sealed class ProgSnapRow
{
    /// <summary>The header.</summary>
    public static readonly string[] Columns = Enum.GetNames<ProgSnapColumn>();

    private readonly string?[] _values = new string?[Columns.Length];

    /// <summary>The values, in the header's order.</summary>
    public IReadOnlyList<string?> Values => _values;

    /// <summary>A value; null is empty.</summary>
    public string? this[ProgSnapColumn column]
    {
        get => _values[(int)column];
        set => _values[(int)column] = value;
    }

    /// <summary>A row with what is not special to this one's event.</summary>
    public ProgSnapRow Universal()
    {
        var copy = new ProgSnapRow();
        _values.AsSpan(0, (int)ProgSnapColumn.ParentEventID).CopyTo(copy._values);
        return copy;
    }
}
