using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Npgsql;

namespace Lyceum.ChatService.Assignments;

/// <summary>Who changed what the tutor may do, when, and from what to what.</summary>
internal sealed class AuditTrail(NpgsqlDataSource database)
{
    /// <summary>A page of a course's changes, newest first.</summary>
    public async Task<HelpChanges> ReadAsync(string course, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT id, assignment_id, actor, actor_name, action, before::text, after::text, at FROM help_audit
            WHERE course = $1 AND ($2::uuid IS NULL OR id < $2)
            ORDER BY id DESC LIMIT $3
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(course), Parameter.Id(before), Parameter.Count(limit + 1)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<HelpChange> changes = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            changes.Add(new HelpChange(
                rows.GetGuid(0),
                rows.IsDBNull(1) ? null : rows.GetGuid(1),
                rows.GetString(2),
                rows.GetString(3),
                rows.GetString(4),
                rows.IsDBNull(5) ? null : JsonElement.Parse(rows.GetString(5)),
                rows.IsDBNull(6) ? null : JsonElement.Parse(rows.GetString(6)),
                rows.GetFieldValue<DateTimeOffset>(7)));
        }

        return changes.Count <= limit ? new HelpChanges(changes, null) : new HelpChanges(changes[..limit], changes[limit - 1].Id);
    }

    /// <summary>Writes an entry on the connection, and so in the transaction, of the change.</summary>
    public static async Task WriteAsync(
        NpgsqlConnection connection, CallerIdentity actor, string course, Guid? assignment, string? before, string? after, DateTimeOffset at, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(
            "INSERT INTO help_audit (id, course, assignment_id, actor, actor_name, action, before, after, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            connection);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Parameter.Id(Guid.CreateVersion7(at)),
            Parameter.Text(course),
            Parameter.Id(assignment),
            Parameter.Text(actor.Subject),
            Parameter.Text(actor.Name),
            Parameter.Text(before is null ? "created" : after is null ? "deleted" : "changed"),
            Parameter.Json(before),
            Parameter.Json(after),
            Parameter.Time(at),
        ]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public static string? Of(HelpPolicy? policy) => policy is null ? null : JsonSerializer.Serialize(policy, ChatJson.Default.HelpPolicy);

    /// <summary>The assignment without its solution, which more people may read here than there.</summary>
    public static string? Of(Assignment? assignment) => assignment is null
        ? null
        : JsonSerializer.Serialize(assignment with { ReferenceSolution = Digest(assignment.ReferenceSolution) }, ChatJson.Default.Assignment);

    private static string? Digest(string? solution) =>
        solution is null ? null : $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(solution)))}";
}
