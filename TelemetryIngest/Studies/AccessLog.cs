using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.Studies;

/// <summary>Who did what with a study.</summary>
internal sealed class AccessLog(NpgsqlDataSource database, TimeProvider time)
{
    private const string Insert = """
        INSERT INTO study_access (course, study, at, actor, actor_name, action, export, file) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """;

    private const string Page = """
        SELECT number, at, actor, actor_name, action, export, file FROM study_access
        WHERE course = $1 AND study = $2 AND number < $3 ORDER BY number DESC LIMIT $4
        """;

    /// <summary>Writes an entry on the connection, and so in the transaction, of what it is about.</summary>
    public Task WriteAsync(
        NpgsqlConnection connection, CallerIdentity actor, string course, Guid study, string action, CancellationToken cancellationToken, Guid? export = null, string? file = null) =>
        connection.ExecuteAsync(
            Insert,
            cancellationToken,
            course,
            study,
            time.GetUtcNow(),
            actor.Subject,
            actor.Name,
            action,
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Uuid, Value = export is { } id ? id : DBNull.Value },
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Text, Value = file is null ? DBNull.Value : file });

    /// <summary>Writes an entry by itself.</summary>
    public async Task WriteAsync(CallerIdentity actor, string course, Guid study, string action, CancellationToken cancellationToken, Guid? export = null, string? file = null)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await WriteAsync(connection, actor, course, study, action, cancellationToken, export, file);
    }

    /// <summary>A page, newest first.</summary>
    public async Task<AccessLogPage> ReadAsync(string course, Guid study, long? before, int limit, CancellationToken cancellationToken)
    {
        var entries = await database.ReadAsync(
            Page,
            row => new AccessEntry(
                row.GetInt64(0),
                row.GetFieldValue<DateTimeOffset>(1),
                row.GetString(2),
                row.GetString(3),
                row.GetString(4),
                row.IsDBNull(5) ? null : row.GetGuid(5),
                row.Text(6)),
            cancellationToken,
            course,
            study,
            before ?? long.MaxValue,
            limit + 1);
        return entries.Count <= limit ? new AccessLogPage(entries, null) : new AccessLogPage(entries[..limit], entries[limit - 1].Number);
    }
}
