using Lyceum.ServiceDefaults.Storage;
using Lyceum.TelemetryIngest.Derived;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;

namespace Lyceum.TelemetryIngest.Erasures;

/// <summary>Forgets a learner: events, what was derived of them, refused events, pieces of logs, consents, and what pseudonyms in studies were made of.</summary>
internal sealed class LearnerEraser(NpgsqlDataSource database, ThresholdTable thresholds, TimeProvider time)
{
    private const string Remember = """
        INSERT INTO erasures (learner_hash, erased_at) VALUES ($1, $2)
        ON CONFLICT (learner_hash) DO UPDATE SET erased_at = greatest(erasures.erased_at, excluded.erased_at)
        """;

    private const string Revoke = """
        UPDATE study_exports SET revoked_at = $2
        WHERE revoked_at IS NULL AND EXISTS (SELECT FROM study_export_subjects WHERE export = study_exports.id AND learner = $1)
        """;

    /// <summary>By course, so that the index finds them.</summary>
    private const string EraseEvents = """
        WITH gone AS (DELETE FROM events WHERE course = ANY (ARRAY(SELECT DISTINCT course FROM learners)) AND learner = $1 RETURNING id),
        ids AS (DELETE FROM event_ids USING gone WHERE event_ids.id = gone.id)
        SELECT count(*) FROM gone
        """;

    private const string Solved = "SELECT course, notebook, cell FROM cell_standings WHERE learner = $1 AND first_success IS NOT NULL AND course = ANY (ARRAY(SELECT DISTINCT course FROM learners))";

    /// <summary>Logs are named by whose they are, or sent by whom they are of.</summary>
    private const string EraseLogs = "DELETE FROM logs WHERE sender = $1 OR starts_with(name, $2 || E'\\n')";

    public async Task<SortedDictionary<string, long>> EraseAsync(string subject, string learner, DateTimeOffset until, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            // From here on no writer stores an event of before; those that were about to have finished.
            await IngestLock.TakeAsync(connection, cancellationToken);
            await connection.ExecuteAsync(Remember, cancellationToken, ErasedLearners.HashOf(learner), until);
            await transaction.CommitAsync(cancellationToken);
        }

        SortedDictionary<string, long> removed = new(StringComparer.Ordinal);
        await using (var transaction = await connection.BeginTransactionAsync(cancellationToken))
        {
            await connection.ExecuteAsync(Revoke, cancellationToken, learner, time.GetUtcNow());
            PersonalData.Add(removed, "events", (await connection.ReadAsync(EraseEvents, row => row.GetInt64(0), cancellationToken, learner))[0]);
            PersonalData.Add(removed, "logs", await connection.ExecuteAsync(EraseLogs, cancellationToken, subject, learner));
            var solved = await connection.ReadAsync(Solved, row => (row.GetString(0), new CellKey(row.GetString(1), row.GetString(2))), cancellationToken, learner);
            await PersonalData.EraseAsync(connection, "learner", learner, removed, cancellationToken);
            await thresholds.RefreshAsync(connection, solved, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return removed;
    }
}
