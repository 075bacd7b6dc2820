using System.Text.Json;
using Lyceum.ChatService.Storage;
using Npgsql;

namespace Lyceum.ChatService.Experiments;

/// <summary>Experiments in PostgreSQL. One that has been started is never changed again, only ended.</summary>
internal sealed class ExperimentStore(NpgsqlDataSource database, TimeProvider time)
{
    public const int MaxExperiments = 200;

    private const string OfExperiment = "id, name, description, layer, share, stratify, arms::text, status, first, created_at, started_at, ended_at";

    private const string OfRunning = $"SELECT {OfExperiment} FROM experiment WHERE course = $1 AND status = 'running' ORDER BY id";

    public Task<List<Experiment>> ListAsync(string course, CancellationToken cancellationToken) =>
        ReadAsync($"SELECT {OfExperiment} FROM experiment WHERE course = $1 ORDER BY id DESC LIMIT {MaxExperiments}", [Parameter.Text(course)], cancellationToken);

    public Task<List<Experiment>> RunningAsync(string course, CancellationToken cancellationToken) =>
        ReadAsync(OfRunning, [Parameter.Text(course)], cancellationToken);

    /// <summary>Asks for the same, as a part of what is read in one go.</summary>
    public static NpgsqlBatchCommand Running(string course) => new(OfRunning) { Parameters = { Parameter.Text(course) } };

    public async Task<Experiment?> FindAsync(string course, Guid id, CancellationToken cancellationToken) =>
        (await ReadAsync($"SELECT {OfExperiment} FROM experiment WHERE course = $1 AND id = $2", [Parameter.Text(course), Parameter.Id(id)], cancellationToken)).SingleOrDefault();

    /// <summary>Stores a draft, in place of the one with its id. Null when the name is taken, there are too many, or it is no draft any more.</summary>
    public async Task<Experiment?> SetAsync(string course, string by, Guid id, ExperimentBody body, CancellationToken cancellationToken)
    {
        try
        {
            return (await ReadAsync(
                $"""
                INSERT INTO experiment (id, course, name, description, layer, share, stratify, arms, status, created_by, created_at)
                SELECT $1, $2, $3, $4, $5, $6, $7, $8, 'draft', $9, $10
                WHERE (SELECT count(*) FROM experiment WHERE course = $2 AND id <> $1) < {MaxExperiments}
                ON CONFLICT (id) DO UPDATE SET name = $3, description = $4, layer = $5, share = $6, stratify = $7, arms = $8
                WHERE experiment.status = 'draft' AND experiment.course = $2
                RETURNING {OfExperiment}
                """,
                [
                    Parameter.Id(id),
                    Parameter.Text(course),
                    Parameter.Text(Tutor.NotebookText.Line(body.Name!)),
                    Parameter.Text(body.Description ?? ""),
                    Parameter.Text(body.Layer ?? "default"),
                    Parameter.Count((long)Math.Round((body.Share ?? 1) * Draw.Buckets)),
                    Parameter.Text(body.Stratify ?? Stratification.None),
                    Parameter.Json(JsonSerializer.Serialize(body.Arms!, ChatJson.Default.IReadOnlyListExperimentArm)),
                    Parameter.Text(by),
                    Parameter.Time(time.GetUtcNow()),
                ],
                cancellationToken)).SingleOrDefault();
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return null;
        }
    }

    /// <summary>Starts a draft in a room of its layer; what stands against it is said, and null when it runs.</summary>
    public async Task<string?> StartAsync(string course, Guid id, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Two that start at once would not see each other.
        await using (var alone = new NpgsqlCommand("SELECT pg_advisory_xact_lock(hashtextextended($1, 14))", connection) { Parameters = { Parameter.Text(course) } })
        {
            await alone.ExecuteNonQueryAsync(cancellationToken);
        }

        // By the connection that holds the lock: who waits for a second one meanwhile waits for others who do the same.
        var all = await ReadAsync(
            new NpgsqlCommand($"SELECT {OfExperiment} FROM experiment WHERE course = $1 AND (status = 'running' OR id = $2) ORDER BY id", connection),
            [Parameter.Text(course), Parameter.Id(id)],
            cancellationToken);
        var running = all.FindAll(experiment => experiment.Status == ExperimentStatus.Running);
        if (all.Find(experiment => experiment.Id == id) is not { Status: ExperimentStatus.Draft } draft)
        {
            return "It is no draft: only a draft can be started.";
        }

        if (ExperimentRoom.Conflict(draft, running) is { } conflict)
        {
            return conflict;
        }

        if (ExperimentRoom.Find(draft, running) is not { } first)
        {
            return $"The layer '{draft.Layer}' has no room for a share of {draft.Share}: end another experiment of it, or choose a smaller share.";
        }

        await using var start = new NpgsqlCommand("UPDATE experiment SET status = 'running', first = $3, started_at = $4 WHERE course = $1 AND id = $2 AND status = 'draft'", connection)
        {
            Parameters = { Parameter.Text(course), Parameter.Id(id), Parameter.Count(first), Parameter.Time(time.GetUtcNow()) },
        };
        if (await start.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return "It is no draft any more: only a draft can be started.";
        }

        await transaction.CommitAsync(cancellationToken);
        return null;
    }

    public Task<bool> EndAsync(string course, Guid id, CancellationToken cancellationToken) => ChangeAsync(
        "UPDATE experiment SET status = 'ended', ended_at = $3 WHERE course = $1 AND id = $2 AND status = 'running'",
        [Parameter.Text(course), Parameter.Id(id), Parameter.Time(time.GetUtcNow())],
        cancellationToken);

    public Task<bool> DeleteDraftAsync(string course, Guid id, CancellationToken cancellationToken) => ChangeAsync(
        "DELETE FROM experiment WHERE course = $1 AND id = $2 AND status = 'draft'", [Parameter.Text(course), Parameter.Id(id)], cancellationToken);

    private async Task<bool> ChangeAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The statements are constants of this class.
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private Task<List<Experiment>> ReadAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken) =>
#pragma warning disable CA2100 // The statements are constants of this class.
        ReadAsync(database.CreateCommand(sql), parameters, cancellationToken);
#pragma warning restore CA2100

    private static async Task<List<Experiment>> ReadAsync(NpgsqlCommand read, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = read;
        command.Parameters.AddRange(parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await ReadAsync(rows, cancellationToken);
    }

    public static async Task<List<Experiment>> ReadAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        List<Experiment> experiments = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            experiments.Add(new Experiment(
                rows.GetGuid(0),
                rows.GetString(1),
                rows.GetString(2),
                rows.GetString(3),
                rows.GetInt32(4) / (double)Draw.Buckets,
                rows.GetString(5),
                JsonSerializer.Deserialize(rows.GetString(6), ChatJson.Default.IReadOnlyListExperimentArm)!,
                rows.GetString(7),
                rows.IsDBNull(8) ? null : rows.GetInt32(8),
                rows.GetFieldValue<DateTimeOffset>(9),
                rows.IsDBNull(10) ? null : rows.GetFieldValue<DateTimeOffset>(10),
                rows.IsDBNull(11) ? null : rows.GetFieldValue<DateTimeOffset>(11)));
        }

        return experiments;
    }
}
