using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.Studies;

/// <summary>The studies in <c>telemetrydb</c>.</summary>
internal sealed class StudyStore(NpgsqlDataSource database, StudyKeys keys, AccessLog log, TimeProvider time)
{
    private const string Columns = $"""
        id, course, version, definition::text, ({ConsentStore.Consenting}), created_at, ended_at
        """;

    private const string EndStudy = """
        UPDATE studies SET ended_at = $2, key = NULL WHERE id = $1 AND ended_at IS NULL
        """;

    private const string Forget = """
        WITH subjects AS (DELETE FROM study_subjects WHERE study = $1)
        DELETE FROM study_exports WHERE study = $1
        """;

    public async Task<Study> CreateAsync(string course, StudyDefinition definition, CallerIdentity actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync(
            "INSERT INTO studies (id, course, version, definition, key, created_at) VALUES ($1, $2, 1, $3, $4, $5)",
            cancellationToken, id, course, Json(definition), keys.Make(id), now);
        await RememberAsync(connection, id, 1, definition, now, cancellationToken);
        await log.WriteAsync(connection, actor, course, id, "created", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (await FindAsync(course, id, cancellationToken))!;
    }

    /// <summary>Changes what a study is; whoever has consented is asked again. Null when there is no such study that goes on.</summary>
    public async Task<Study?> ChangeAsync(string course, Guid id, StudyDefinition definition, CallerIdentity actor, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var version = await connection.ReadAsync(
            "UPDATE studies SET version = version + 1, definition = $3 WHERE course = $1 AND id = $2 AND ended_at IS NULL RETURNING version",
            row => row.GetInt32(0), cancellationToken, course, id, Json(definition));
        if (version.Count == 0)
        {
            return null;
        }

        await RememberAsync(connection, id, version[0], definition, now, cancellationToken);
        await log.WriteAsync(connection, actor, course, id, "changed", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return await FindAsync(course, id, cancellationToken);
    }

    /// <summary>Ends a study: its pseudonyms' key and its exports are gone afterwards. False when there is no such study that goes on.</summary>
    public async Task<bool> EndAsync(string course, Guid id, CallerIdentity actor, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await connection.ExecuteAsync(EndStudy + " AND course = $3", cancellationToken, id, time.GetUtcNow(), course) == 0)
        {
            return false;
        }

        await connection.ExecuteAsync(Forget, cancellationToken, id);
        await log.WriteAsync(connection, actor, course, id, "ended", cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public Task<List<Study>> ListAsync(string course, CancellationToken cancellationToken) =>
        database.ReadAsync($"SELECT {Columns} FROM studies WHERE course = $1 ORDER BY id DESC LIMIT 1000", Read, cancellationToken, course);

    public async Task<Study?> FindAsync(string course, Guid id, CancellationToken cancellationToken) =>
        (await database.ReadAsync($"SELECT {Columns} FROM studies WHERE course = $1 AND id = $2", Read, cancellationToken, course, id)).SingleOrDefault();

    /// <summary>The key of a study; null once it has ended.</summary>
    public async Task<StudyKey?> KeyAsync(Guid id, CancellationToken cancellationToken) =>
        (await database.ReadAsync("SELECT key FROM studies WHERE id = $1 AND key IS NOT NULL", row => row.GetFieldValue<byte[]>(0), cancellationToken, id)) is [var key]
            ? keys.Open(id, key)
            : null;

    private static Study Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        row.GetInt32(2),
        Definition(row.GetString(3)),
        (int)row.GetInt64(4),
        row.GetFieldValue<DateTimeOffset>(5),
        row.Time(6));

    public static StudyDefinition Definition(string json) => JsonSerializer.Deserialize(json, TelemetryJson.Default.StudyDefinition)!;

    public static NpgsqlParameter Json(StudyDefinition definition) => new()
    {
        NpgsqlDbType = NpgsqlDbType.Jsonb,
        Value = JsonSerializer.Serialize(definition, TelemetryJson.Default.StudyDefinition),
    };

    private static Task<int> RememberAsync(NpgsqlConnection connection, Guid id, int version, StudyDefinition definition, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            "INSERT INTO study_versions (study, version, definition, changed_at) VALUES ($1, $2, $3, $4)",
            cancellationToken, id, version, Json(definition), now);
}
