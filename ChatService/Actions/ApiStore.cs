using System.Text.Json;
using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Npgsql;

namespace Lyceum.ChatService.Actions;

/// <summary>A registered API.</summary>
internal sealed record StoredApi(Guid Id, string Name, ApiDescription Description);

/// <summary>The APIs of each course, in PostgreSQL.</summary>
internal sealed class ApiStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Registers an API or replaces the one of that name. False when the course has its limit of them.</summary>
    public async Task<bool> PutAsync(CallerIdentity caller, string name, JsonElement document, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            INSERT INTO api (id, course, name, document, registered_by, registered_at)
            SELECT $1, $2, $3, $4, $5, $6
            WHERE (SELECT count(*) FROM api WHERE course = $2 AND name <> $3) < $7
            ON CONFLICT (course, name) DO UPDATE
            SET id = excluded.id, document = excluded.document, registered_by = excluded.registered_by, registered_at = excluded.registered_at
            """);
        var now = time.GetUtcNow();
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Parameter.Id(Guid.CreateVersion7(now)), Parameter.Text(caller.Course), Parameter.Text(name), Parameter.Text(document.GetRawText()),
            Parameter.Text(caller.Subject), Parameter.Time(now), Parameter.Count(limit),
        ]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>The APIs of a course by name, or the one of that name.</summary>
    public async Task<List<StoredApi>> ListAsync(string course, string? name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT id, name, document FROM api WHERE course = $1 AND ($2::text IS NULL OR name = $2) ORDER BY name");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(course), Parameter.Text(name)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<StoredApi> apis = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            // Read once already when it was registered; a stricter reader of a later version leaves it out.
            if (OpenApiReader.TryRead(JsonElement.Parse(rows.GetString(2)), out _) is { } description)
            {
                apis.Add(new StoredApi(rows.GetGuid(0), rows.GetString(1), description));
            }
        }

        return apis;
    }

    public async Task<bool> DeleteAsync(string course, string name, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM api WHERE course = $1 AND name = $2");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(course), Parameter.Text(name)]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }
}
