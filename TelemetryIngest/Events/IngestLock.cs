using Lyceum.TelemetryIngest.Storage;
using Npgsql;

namespace Lyceum.TelemetryIngest.Events;

/// <summary>
/// Orders those who write events and those who need to know where they stand. A writer holds the lock shared until its transaction
/// ends and numbers its events under it; who holds it alone sees every event that has a number, and later ones get higher numbers.
/// </summary>
internal static class IngestLock
{
    private const string Key = "hashtext('ingest')";

    /// <summary>The statement that a writer's transaction begins with.</summary>
    public const string Share = $"SELECT pg_advisory_xact_lock_shared({Key})";

    /// <summary>Waits for the writers of all replicas; held until the connection's transaction ends, which should be soon.</summary>
    /// <exception cref="PostgresException">Writers took longer than ten seconds (55P03).</exception>
    public static Task TakeAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"SET LOCAL lock_timeout = '10s'; SELECT pg_advisory_xact_lock({Key})", cancellationToken);

    /// <summary>The highest number that an event has by now.</summary>
    public static async Task<long> BoundAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await TakeAsync(connection, cancellationToken);
        var bound = await connection.ReadAsync(
            "SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM events_number", row => row.GetInt64(0), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return bound[0];
    }
}
