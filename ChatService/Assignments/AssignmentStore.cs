using System.Text.Json;
using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Npgsql;

namespace Lyceum.ChatService.Assignments;

/// <summary>Assignments and policies in PostgreSQL. A change and its entry in the audit are one transaction.</summary>
internal sealed class AssignmentStore(NpgsqlDataSource database, TimeProvider time)
{
    /// <summary>Every turn looks through its course's assignments.</summary>
    public const int MaxAssignments = 500;

    private const string OfAssignment = "id, title, path_pattern, description, policy::text, reference_solution, created_at, updated_at, objectives::text";

    public async Task<List<Assignment>> ListAsync(string course, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(List(course));
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadListAsync(rows, cancellationToken);
    }

    /// <summary>Asks for a course's assignments, as a part of what is read in one go.</summary>
    public static NpgsqlBatchCommand List(string course) =>
        new($"SELECT {OfAssignment} FROM assignment WHERE course = $1 ORDER BY title, id LIMIT {MaxAssignments}") { Parameters = { Parameter.Text(course) } };

    /// <summary>Asks for a course's own policy, likewise.</summary>
    public static NpgsqlBatchCommand Policy(string course) => new("SELECT policy::text FROM course_policy WHERE course = $1") { Parameters = { Parameter.Text(course) } };

    public static async Task<HelpPolicy?> ReadPolicyAsync(NpgsqlDataReader rows, CancellationToken cancellationToken) =>
        await rows.ReadAsync(cancellationToken) ? JsonSerializer.Deserialize(rows.GetString(0), ChatJson.Default.HelpPolicy) : null;

    public static async Task<List<Assignment>> ReadListAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        List<Assignment> assignments = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            assignments.Add(Read(rows));
        }

        return assignments;
    }

    public async Task<Assignment?> FindAsync(string course, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await FindAsync(connection, course, id, cancellationToken);
    }

    /// <summary>The course's own policy; null when it has none.</summary>
    public async Task<HelpPolicy?> PolicyAsync(string course, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await PolicyAsync(connection, course, cancellationToken);
    }

    public async Task SetPolicyAsync(CallerIdentity actor, string course, HelpPolicy policy, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await PolicyAsync(connection, course, cancellationToken);
        await ExecuteAsync(
            connection,
            "INSERT INTO course_policy (course, policy, updated_at) VALUES ($1, $2, $3) ON CONFLICT (course) DO UPDATE SET policy = $2, updated_at = $3",
            [Parameter.Text(course), Json(policy), Parameter.Time(time.GetUtcNow())],
            cancellationToken);
        await AuditTrail.WriteAsync(connection, actor, course, null, AuditTrail.Of(before), AuditTrail.Of(policy), time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Stores an assignment, in place of the one with its id. False when another of the course has its pattern, or there are too many.</summary>
    public async Task<bool> SetAsync(CallerIdentity actor, string course, Assignment assignment, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var before = await FindAsync(connection, course, assignment.Id, cancellationToken);
        try
        {
            var stored = await ExecuteAsync(
                connection,
                $"""
                INSERT INTO assignment (id, course, title, path_pattern, description, policy, reference_solution, created_at, updated_at, objectives)
                SELECT $1, $2, $3, $4, $5, $6, $7, $8, $8, $10
                WHERE $9 OR (SELECT count(*) FROM assignment WHERE course = $2) < {MaxAssignments}
                ON CONFLICT (id) DO UPDATE SET title = $3, path_pattern = $4, description = $5, policy = $6, reference_solution = $7, updated_at = $8, objectives = $10
                """,
                [
                    Parameter.Id(assignment.Id),
                    Parameter.Text(course),
                    Parameter.Text(assignment.Title),
                    Parameter.Text(assignment.PathPattern),
                    Parameter.Text(assignment.Description),
                    Json(assignment.Policy),
                    Parameter.Text(assignment.ReferenceSolution),
                    Parameter.Time(time.GetUtcNow()),
                    Parameter.Flag(before is not null),
                    Parameter.Json(JsonSerializer.Serialize(assignment.Objectives, ChatJson.Default.IReadOnlyListString)),
                ],
                cancellationToken);
            if (stored == 0)
            {
                return false;
            }
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }

        await AuditTrail.WriteAsync(connection, actor, course, assignment.Id, AuditTrail.Of(before), AuditTrail.Of(assignment), time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    public async Task<bool> DeleteAsync(CallerIdentity actor, string course, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await FindAsync(connection, course, id, cancellationToken) is not { } before)
        {
            return false;
        }

        await ExecuteAsync(connection, "DELETE FROM assignment WHERE course = $1 AND id = $2", [Parameter.Text(course), Parameter.Id(id)], cancellationToken);
        await AuditTrail.WriteAsync(connection, actor, course, id, AuditTrail.Of(before), null, time.GetUtcNow(), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    private static async Task<HelpPolicy?> PolicyAsync(NpgsqlConnection connection, string course, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("SELECT policy::text FROM course_policy WHERE course = $1", connection) { Parameters = { Parameter.Text(course) } };
        return await command.ExecuteScalarAsync(cancellationToken) is string json ? JsonSerializer.Deserialize(json, ChatJson.Default.HelpPolicy) : null;
    }

    private static async Task<Assignment?> FindAsync(NpgsqlConnection connection, string course, Guid id, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand($"SELECT {OfAssignment} FROM assignment WHERE course = $1 AND id = $2 FOR UPDATE", connection)
        {
            Parameters = { Parameter.Text(course), Parameter.Id(id) },
        };
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? Read(rows) : null;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The statements are constants of this class.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static Assignment Read(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        row.GetString(2),
        row.GetString(3),
        row.IsDBNull(4) ? null : JsonSerializer.Deserialize(row.GetString(4), ChatJson.Default.HelpPolicy),
        Columns.ReadText(row, 5),
        row.GetFieldValue<DateTimeOffset>(6),
        row.GetFieldValue<DateTimeOffset>(7))
    {
        Objectives = JsonSerializer.Deserialize(row.GetString(8), ChatJson.Default.IReadOnlyListString)!,
    };

    private static NpgsqlParameter Json(HelpPolicy? policy) =>
        Parameter.Json(policy is null ? null : JsonSerializer.Serialize(policy, ChatJson.Default.HelpPolicy));
}
