using System.Globalization;
using System.Text.Json;
using Lyceum.TelemetryIngest.Formats;
using Npgsql;

namespace Lyceum.TelemetryIngest.Learners;

/// <summary>Where a page of events ends: the next one starts before this event.</summary>
/// <param name="Time">The event's time, by the live clock.</param>
/// <param name="Id">Its id.</param>
internal readonly record struct PageEnd(DateTimeOffset Time, Guid Id)
{
    /// <summary>Reads <c>time,id</c>, or a time alone.</summary>
    public static bool TryParse(string text, out PageEnd end)
    {
        var comma = text.IndexOf(',', StringComparison.Ordinal);
        end = default;
        if (!DateTimeOffset.TryParse(comma < 0 ? text : text[..comma], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time))
        {
            return false;
        }

        var id = Guid.Empty;
        if (comma >= 0 && !Guid.TryParse(text.AsSpan(comma + 1), out id))
        {
            return false;
        }

        end = new PageEnd(time, id);
        return true;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Time.UtcDateTime:O},{Id}");
}

/// <summary>Reads a learner's events page by page.</summary>
internal sealed class EventPages(NpgsqlDataSource database)
{
    private const string Page = """
        SELECT id, occurred_at, received_at, clock_off, type, notebook, cell, session, source, detail - 'notebookContent', live_at FROM events
        WHERE course = $1 AND learner = $2 AND (live_at, id) < ($3, $4)
        ORDER BY live_at DESC, id DESC LIMIT $5
        """;

    /// <summary>The page before that end, or the first.</summary>
    public async Task<LearnerEvents> ReadAsync(string course, string learner, PageEnd? before, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(Page);
        command.Parameters.Add(new() { Value = course });
        command.Parameters.Add(new() { Value = learner });
        command.Parameters.Add(new() { Value = before?.Time.UtcDateTime ?? DateTime.MaxValue, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = before?.Id ?? Guid.Empty });
        command.Parameters.Add(new() { Value = limit + 1 });
        List<StoredEvent> events = [];
        List<PageEnd> ends = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ends.Add(new PageEnd(reader.GetFieldValue<DateTimeOffset>(10), reader.GetGuid(0)));
            events.Add(new StoredEvent(
                reader.GetGuid(0),
                reader.GetFieldValue<DateTimeOffset>(1),
                reader.GetFieldValue<DateTimeOffset>(2),
                reader.GetBoolean(3),
                reader.GetString(4),
                Text(reader, 5),
                Text(reader, 6),
                Text(reader, 7),
                reader.GetString(8),
                reader.IsDBNull(9) ? null : Parse(reader.GetString(9))));
        }

        return events.Count <= limit
            ? new LearnerEvents(events, null)
            : new LearnerEvents(events[..limit], ends[limit - 1].ToString());
    }

    private static string? Text(NpgsqlDataReader reader, int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    private static JsonElement Parse(string json) => JsonElement.Parse(json, BodyValues.Stored);
}
