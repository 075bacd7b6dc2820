using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>Brings rows to PostgreSQL by binary COPY.</summary>
internal static class EventCopy
{
    private const string Columns = "id, received_at, occurred_at, live_at, clock_off, course, learner, type, notebook, cell, session, source, success, failure, detail";

    private const string See = """
        INSERT INTO learners (course, learner, last_seen, notebook, changed_since, edited_since)
        SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[], $4::text[], $5::timestamptz[], $6::timestamptz[]) AS seen (course, learner) ORDER BY course, learner
        ON CONFLICT (course, learner) DO UPDATE SET
            last_seen = greatest(learners.last_seen, excluded.last_seen),
            notebook = CASE WHEN excluded.last_seen >= learners.last_seen THEN coalesce(excluded.notebook, learners.notebook) ELSE learners.notebook END,
            changes = excluded.changes,
            changed_since = least(learners.changed_since, excluded.changed_since),
            edited_since = least(learners.edited_since, excluded.edited_since)
        """;

    /// <summary>Copies rows and their ids where they belong.</summary>
    /// <exception cref="PostgresException">An id exists, or a row cannot be taken.</exception>
    public static async Task WriteAsync(NpgsqlConnection connection, List<EventRow> rows, CancellationToken cancellationToken)
    {
        await using (var ids = await connection.BeginBinaryImportAsync("COPY event_ids (id) FROM STDIN (FORMAT binary)", cancellationToken))
        {
            // In PostgreSQL's order, so that two writers do not wait for one another.
            foreach (var id in rows.Select(row => row.Id).Order())
            {
                await ids.StartRowAsync(cancellationToken);
                await ids.WriteAsync(id, NpgsqlDbType.Uuid, cancellationToken);
            }

            await ids.CompleteAsync(cancellationToken);
        }

        await WriteAsync(connection, "events", rows, cancellationToken);
    }

    /// <summary>Notes when the rows' learners were seen last.</summary>
    public static async Task SeeAsync(NpgsqlConnection connection, List<EventRow> rows, CancellationToken cancellationToken)
    {
        var seen = rows.GroupBy(row => (row.Course, row.Learner)).Select(own => (
            own.Key,
            LastSeen: own.Max(row => row.LiveAt),
            own.Where(row => row.Notebook is not null).MaxBy(row => row.LiveAt)?.Notebook,
            ChangedSince: EarliestOf(own, row => row.IsCounted),
            EditedSince: EarliestOf(own, row => row.IsAboutCode))).ToList();
        await using var command = new NpgsqlCommand(See, connection);
        command.Parameters.Add(new() { Value = seen.Select(one => one.Key.Course).ToArray() });
        command.Parameters.Add(new() { Value = seen.Select(one => one.Key.Learner).ToArray() });
        command.Parameters.Add(new() { Value = seen.Select(one => one.LastSeen).ToArray() });
        command.Parameters.Add(new() { Value = seen.Select(one => one.Notebook).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        command.Parameters.Add(new() { Value = seen.Select(one => one.ChangedSince).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        command.Parameters.Add(new() { Value = seen.Select(one => one.EditedSince).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz });
        // Once for the writer's connection: to plan it costs more than a small group.
        await command.PrepareAsync(cancellationToken);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static DateTimeOffset? EarliestOf(IEnumerable<EventRow> rows, Func<EventRow, bool> which) =>
        rows.Where(which).Select(row => (DateTimeOffset?)row.LiveAt).Min();

    /// <summary>Copies rows into a table with the columns of <c>events</c>.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, string table, List<EventRow> rows, CancellationToken cancellationToken)
    {
        await using var copy = await connection.BeginBinaryImportAsync($"COPY {table} ({Columns}) FROM STDIN (FORMAT binary)", cancellationToken);
        foreach (var row in rows)
        {
            await copy.StartRowAsync(cancellationToken);
            await copy.WriteAsync(row.Id, NpgsqlDbType.Uuid, cancellationToken);
            await copy.WriteAsync(row.ReceivedAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(row.OccurredAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(row.LiveAt, NpgsqlDbType.TimestampTz, cancellationToken);
            await copy.WriteAsync(row.ClockOff, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(row.Course, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Learner, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Type, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Notebook, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Cell, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Session, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Source, NpgsqlDbType.Text, cancellationToken);
            await copy.WriteAsync(row.Success, NpgsqlDbType.Boolean, cancellationToken);
            await copy.WriteAsync(row.Failure, NpgsqlDbType.Jsonb, cancellationToken);
            await copy.WriteAsync(row.Detail, NpgsqlDbType.Jsonb, cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }
}
