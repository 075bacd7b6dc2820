using System.Text.Json;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Formats;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>A stored event of one learner in one notebook, as far as code states and their history look at it.</summary>
/// <param name="Id">The event's id.</param>
/// <param name="Time">When, by the live clock.</param>
/// <param name="OccurredAt">When, by the sender's clock.</param>
/// <param name="ReceivedAt">When it came.</param>
/// <param name="Type">Its type.</param>
/// <param name="Cell">Its cell's id, if it names one.</param>
/// <param name="Detail">What the type says more.</param>
internal sealed record NotebookEvent(
    Guid Id, DateTimeOffset Time, DateTimeOffset OccurredAt, DateTimeOffset ReceivedAt, string Type, string? Cell, JsonElement Detail)
{
    /// <summary>The types that say something about code.</summary>
    public static readonly string[] Types =
    [
        "NotebookOpenEvent", "CellAddEvent", "CellRemoveEvent", "CellEditEvent", "ActiveCellChangeEvent", "ClipboardPasteEvent",
        "NotebookSaveEvent", "CellOutputEvent", Execution.Reported, Execution.Observed,
    ];

    /// <summary>The page's own count of what it reports, which decides between events of the same millisecond.</summary>
    public long? Sequence { get; } = Detail.Field("sequence") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var count) ? count : null;

    /// <summary>Reads <c>id, live_at, occurred_at, received_at, type, cell</c>, which stand in a row from a column on; the detail is its own, for it is measured first.</summary>
    public static NotebookEvent Read(NpgsqlDataReader row, int first, string detail) => new(
        row.GetGuid(first),
        row.GetFieldValue<DateTimeOffset>(first + 1),
        row.GetFieldValue<DateTimeOffset>(first + 2),
        row.GetFieldValue<DateTimeOffset>(first + 3),
        row.GetString(first + 4),
        row.Text(first + 5),
        detail.Length == 0 ? default : JsonElement.Parse(detail, BodyValues.Stored));

    /// <summary>In the order in which they happened, as far as clocks tell.</summary>
    public static int Compare(NotebookEvent one, NotebookEvent other)
    {
        var order = one.Time.CompareTo(other.Time);
        order = order != 0 ? order : one.OccurredAt.CompareTo(other.OccurredAt);
        order = order != 0 || one.Sequence is null || other.Sequence is null ? order : one.Sequence.Value.CompareTo(other.Sequence.Value);
        order = order != 0 ? order : one.ReceivedAt.CompareTo(other.ReceivedAt);
        return order != 0 ? order : one.Id.CompareTo(other.Id);
    }
}
