using Lyceum.TelemetryIngest.CodeStates;
using Lyceum.TelemetryIngest.Erasures;
using Lyceum.TelemetryIngest.Logs;
using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>What one transaction stored.</summary>
/// <param name="Inserted">The ids that are new.</param>
/// <param name="Refused">The ids that PostgreSQL would not take, with its reasons; they are in quarantine.</param>
/// <param name="Overtaken">The batches that were left out, because their logs have moved on since they were read.</param>
internal sealed record StoredGroup(HashSet<Guid> Inserted, Dictionary<Guid, string> Refused, HashSet<EventBatch> Overtaken)
{
    /// <summary>How many events were to be stored.</summary>
    public int Tried { get; init; }
}

/// <summary>
/// Writes groups of events, each in one transaction: by COPY, and where an id exists already by COPY into a staging table and an insert
/// that passes over it.
/// Holds one connection, whose staging table lives as long as it does; not for concurrent use.
/// </summary>
internal sealed class EventTable(NpgsqlDataSource database, LogTable logs, IOptions<EventsOptions> options) : IAsyncDisposable
{
    private const string Savepoint = "part";

    private static readonly string Insert = $"""
        WITH fresh AS (
            INSERT INTO event_ids SELECT id FROM staging ORDER BY id
            ON CONFLICT (id) DO NOTHING
            RETURNING id),
        stored AS (
            INSERT INTO events SELECT staging.* FROM staging JOIN fresh USING (id)
            RETURNING id, course, learner, live_at, notebook, type, success),
        seen AS (
            INSERT INTO learners (course, learner, last_seen, notebook, changed_since, edited_since)
            SELECT course, learner, max(live_at), (array_agg(notebook ORDER BY live_at DESC) FILTER (WHERE notebook IS NOT NULL))[1],
                min(live_at) FILTER (WHERE success IS NOT NULL OR type = 'TutorQuestion'),
                min(live_at) FILTER (WHERE notebook IS NOT NULL AND type IN ('{string.Join("', '", NotebookEvent.Types)}'))
            FROM stored GROUP BY course, learner ORDER BY course, learner
            ON CONFLICT (course, learner) DO UPDATE SET
                last_seen = greatest(learners.last_seen, excluded.last_seen),
                notebook = CASE WHEN excluded.last_seen >= learners.last_seen THEN coalesce(excluded.notebook, learners.notebook) ELSE learners.notebook END,
                changes = excluded.changes,
                changed_since = least(learners.changed_since, excluded.changed_since),
                edited_since = least(learners.edited_since, excluded.edited_since))
        SELECT id FROM stored
        """;

    private NpgsqlConnection? _connection;

    /// <summary>Stores a group, all or nothing but for rows that PostgreSQL refuses and batches whose logs have moved on.</summary>
    public async Task<StoredGroup> StoreAsync(IReadOnlyList<EventBatch> group, CancellationToken cancellationToken)
    {
        var reused = _connection is not null;
        try
        {
            return await TryStoreAsync(group, cancellationToken);
        }
        catch (NpgsqlException) when (reused)
        {
            // The connection may have died since the last group without anybody being told. The ids make the repetition harmless.
            await CloseAsync();
            return await TryStoreAsync(group, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();

    private async Task<StoredGroup> TryStoreAsync(IReadOnlyList<EventBatch> group, CancellationToken cancellationToken)
    {
        try
        {
            _connection ??= await OpenAsync(cancellationToken);
            await using var transaction = await _connection.BeginTransactionAsync(cancellationToken);
            await _connection.ExecuteAsync(IngestLock.Share, cancellationToken);
            var overtaken = await AdvanceLogsAsync(transaction, group, cancellationToken);
            List<EventBatch> taken = [.. group.Where(batch => !overtaken.Contains(batch))];
            var erased = await ErasedLearners.ReadAsync(_connection, LearnersOf(taken), cancellationToken);
            List<EventRow> rows = [.. taken.SelectMany(batch => batch.Rows.Select(row => row.Row)).Where(erased.Takes).DistinctBy(row => row.Id)];
            List<QuarantinedEvent> bad = [.. taken.SelectMany(batch => batch.Quarantined).Where(erased.Takes).DistinctBy(one => one.Id)];
            var stored = new StoredGroup([], [], overtaken) { Tried = rows.Count };
            if (rows.Count > 0 && !await TryCopyAsync(transaction, rows, stored, cancellationToken))
            {
                await InsertAsync(transaction, rows, stored, bad, cancellationToken);
            }

            await QuarantineTable.AddAsync(_connection, bad, options.Value.QuarantineCapacity, cancellationToken);
            await ChangeNotice.SendAsync(_connection, rows.Where(row => stored.Inserted.Contains(row.Id)), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return stored;
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    }

    private static IEnumerable<string> LearnersOf(IEnumerable<EventBatch> batches) =>
        batches.SelectMany(batch => batch.Rows.Select(row => row.Row.Learner).Concat(batch.Quarantined.Select(bad => bad.Learner)));

    private async Task<HashSet<EventBatch>> AdvanceLogsAsync(NpgsqlTransaction transaction, IReadOnlyList<EventBatch> group, CancellationToken cancellationToken)
    {
        HashSet<EventBatch> overtaken = new(ReferenceEqualityComparer.Instance);
        foreach (var batch in group.Where(batch => batch.Logs.Count > 0))
        {
            await transaction.SaveAsync(Savepoint, cancellationToken);
            if (!await logs.AdvanceAsync(_connection!, batch.Logs, cancellationToken))
            {
                await transaction.RollbackAsync(Savepoint, cancellationToken);
                overtaken.Add(batch);
            }
        }

        return overtaken;
    }

    /// <summary>
    /// Stores the rows by COPY alone, as they nearly always can be: without a detour by the staging table it costs half. False, and
    /// nothing stored, when there is an id among them that exists, or a row that is refused.
    /// </summary>
    private async Task<bool> TryCopyAsync(NpgsqlTransaction transaction, List<EventRow> rows, StoredGroup stored, CancellationToken cancellationToken)
    {
        await transaction.SaveAsync(Savepoint, cancellationToken);
        try
        {
            await EventCopy.WriteAsync(_connection!, rows, cancellationToken);
            await EventCopy.SeeAsync(_connection!, rows, cancellationToken);
            stored.Inserted.UnionWith(rows.Select(row => row.Id));
            return true;
        }
        catch (PostgresException refusal) when (IsRefusal(refusal))
        {
            await transaction.RollbackAsync(Savepoint, cancellationToken);
            return false;
        }
    }

    private async Task InsertAsync(NpgsqlTransaction transaction, List<EventRow> rows, StoredGroup stored, List<QuarantinedEvent> bad, CancellationToken cancellationToken)
    {
        await transaction.SaveAsync(Savepoint, cancellationToken);
        try
        {
            await EventCopy.WriteAsync(_connection!, "staging", rows, cancellationToken);
            await ExecuteAsync(Insert, stored.Inserted, cancellationToken);
        }
        catch (PostgresException refusal) when (IsRefusal(refusal))
        {
            await transaction.RollbackAsync(Savepoint, cancellationToken);
            if (rows is [var row])
            {
                stored.Refused[row.Id] = $"PostgreSQL does not take it: {refusal.MessageText}";
                bad.Add(new QuarantinedEvent(row.Id, row.ReceivedAt, row.Course, row.Learner, row.Source, stored.Refused[row.Id], ""));
                return;
            }

            // One row must not keep the others out: halve until it stands alone.
            var half = rows.Count / 2;
            await InsertAsync(transaction, [.. rows.Take(half)], stored, bad, cancellationToken);
            await ExecuteAsync("TRUNCATE staging", [], cancellationToken);
            await InsertAsync(transaction, [.. rows.Skip(half)], stored, bad, cancellationToken);
        }
    }

    /// <summary>Whether the data is at fault: data exceptions, integrity constraints, program limits (PostgreSQL, appendix A).</summary>
    public static bool IsRefusal(PostgresException failure) => failure.SqlState[..2] is "22" or "23" or "54";

    private async Task<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken)
    {
        var opened = await database.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var create = new NpgsqlCommand("CREATE TEMPORARY TABLE staging (LIKE events INCLUDING DEFAULTS) ON COMMIT DELETE ROWS", opened);
            await create.ExecuteNonQueryAsync(cancellationToken);
            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    private async Task ExecuteAsync(string sql, HashSet<Guid> ids, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // Constants of this class.
        await using var command = new NpgsqlCommand(sql, _connection);
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ids.Add(reader.GetGuid(0));
        }
    }

    private async Task CloseAsync()
    {
        if (_connection is { } open)
        {
            _connection = null;
            await open.DisposeAsync();
        }
    }
}
