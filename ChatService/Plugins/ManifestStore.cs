using System.Text.Json.Nodes;
using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.ChatService.Plugins;

/// <summary>A manifest as it is stored, without its secrets.</summary>
internal sealed record StoredManifest(Manifest Manifest, byte[]? Secrets, DateTimeOffset AppliedAt);

/// <summary>Manifests in PostgreSQL, each of one course.</summary>
internal sealed class ManifestStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Adds a manifest or replaces the one of its kind and name. False when the course has its limit, not the connection, or a plugin of another kind with the name.</summary>
    public async Task<bool> PutAsync(CallerIdentity caller, string course, Manifest shown, byte[]? secrets, string? connection, int limit, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await using var command = database.CreateCommand("""
            INSERT INTO manifest (id, course, kind, name, manifest, secrets, connection, applied_by, applied_at)
            SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
            WHERE NOT EXISTS (SELECT 1 FROM manifest WHERE course = $2 AND name = $4 AND kind <> $3 AND kind = ANY($12) AND $3 = ANY($12))
              AND (SELECT count(*) FROM manifest WHERE course = $2 AND (kind, name) <> ($3, $4)) < $10
              AND ($7::text IS NULL OR EXISTS (SELECT 1 FROM manifest WHERE course = $2 AND kind = $11 AND name = $7))
            ON CONFLICT (course, kind, name) DO UPDATE
            SET manifest = excluded.manifest, secrets = excluded.secrets, connection = excluded.connection, applied_by = excluded.applied_by, applied_at = excluded.applied_at
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Parameter.Id(Guid.CreateVersion7(now)), Parameter.Text(course), Parameter.Text(shown.Kind), Parameter.Text(shown.Name), Parameter.Text(shown.Json.ToJsonString()),
            new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Bytea, Value = secrets ?? (object)DBNull.Value }, Parameter.Text(connection), Parameter.Text(caller.Subject),
            Parameter.Time(now), Parameter.Count(limit), Parameter.Text(ManifestKind.ConnectionOf(shown.Kind)), Parameter.Texts(ManifestKind.Plugins),
        ]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public Task<List<StoredManifest>> ListAsync(string course, CancellationToken cancellationToken) => QueryAsync("course = $1", [Parameter.Text(course)], cancellationToken);

    public async Task<StoredManifest?> FindAsync(string course, string kind, string name, CancellationToken cancellationToken) => (await QueryAsync(
        "course = $1 AND kind = $2 AND name = $3", [Parameter.Text(course), Parameter.Text(kind), Parameter.Text(name)], cancellationToken)).SingleOrDefault();

    /// <summary>Deletes a manifest. False when there is none, or a plugin uses it.</summary>
    public async Task<bool> DeleteAsync(string course, string kind, string name, CancellationToken cancellationToken)
    {
        var user = ManifestKind.All.FirstOrDefault(one => ManifestKind.ConnectionOf(one) == kind);
        await using var command = database.CreateCommand("""
            DELETE FROM manifest WHERE course = $1 AND kind = $2 AND name = $3
              AND NOT EXISTS (SELECT 1 FROM manifest WHERE course = $1 AND kind = $4 AND connection = $3)
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(course), Parameter.Text(kind), Parameter.Text(name), Parameter.Text(user)]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private async Task<List<StoredManifest>> QueryAsync(string condition, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT kind, name, manifest, secrets, applied_at FROM manifest WHERE {condition} ORDER BY kind, name");
        command.Parameters.AddRange(parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<StoredManifest> manifests = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            manifests.Add(new StoredManifest(
                new Manifest(rows.GetString(0), rows.GetString(1), JsonNode.Parse(rows.GetString(2))!.AsObject()) { AppliedAt = rows.GetFieldValue<DateTimeOffset>(4) },
                rows.IsDBNull(3) ? null : rows.GetFieldValue<byte[]>(3),
                rows.GetFieldValue<DateTimeOffset>(4)));
        }

        return manifests;
    }
}
