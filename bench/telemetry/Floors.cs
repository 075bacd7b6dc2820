using System.Diagnostics;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryBench;

/// <summary>What the same PostgreSQL does with the same rows and indexes without a service in front.</summary>
internal static class Floors
{
    private const int Group = 5000;
    private const string Columns = "id, received_at, occurred_at, live_at, clock_off, course, learner, type, notebook, cell, session, source, success, failure, detail";

    /// <summary>Binary COPY of events and of their ids, 5000 a transaction, by one connection.</summary>
    public static async Task<Outcome> CopyAsync(NpgsqlDataSource database, TimeSpan length)
    {
        await using var connection = await database.OpenConnectionAsync();
        var rows = 0;
        var start = Stopwatch.GetTimestamp();
        for (; Stopwatch.GetElapsedTime(start) < length; rows += Group)
        {
            await using var transaction = await connection.BeginTransactionAsync();
            Guid[] ids = [.. Enumerable.Range(0, Group).Select(_ => Guid.CreateVersion7())];
            await using (var copy = await connection.BeginBinaryImportAsync("COPY event_ids (id) FROM STDIN (FORMAT binary)"))
            {
                foreach (var id in ids)
                {
                    await copy.StartRowAsync();
                    await copy.WriteAsync(id, NpgsqlDbType.Uuid);
                }

                await copy.CompleteAsync();
            }

            await using (var copy = await connection.BeginBinaryImportAsync($"COPY events ({Columns}) FROM STDIN (FORMAT binary)"))
            {
                for (var i = 0; i < Group; i++)
                {
                    await copy.StartRowAsync();
                    foreach (var (value, type) in Row(ids[i], rows + i))
                    {
                        await (value is null ? copy.WriteNullAsync() : copy.WriteAsync(value, type));
                    }
                }

                await copy.CompleteAsync();
            }

            await transaction.CommitAsync();
        }

        return new Outcome(rows / Stopwatch.GetElapsedTime(start).TotalSeconds, double.NaN, double.NaN, 0);
    }

    /// <summary>One row and its id a transaction, by so many connections.</summary>
    public static async Task<Outcome> SingleRowsAsync(NpgsqlDataSource database, int clients, TimeSpan length)
    {
        var rows = 0;
        var start = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => InsertAsync(client))));
        return new Outcome(rows / Stopwatch.GetElapsedTime(start).TotalSeconds, double.NaN, double.NaN, 0);

        async Task InsertAsync(int client)
        {
            await using var connection = await database.OpenConnectionAsync();
            await using var insert = new NpgsqlCommand(
                "WITH fresh AS (INSERT INTO event_ids VALUES ($1)) INSERT INTO events VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)", connection);
            for (var i = client; Stopwatch.GetElapsedTime(start) < length; i += clients)
            {
                insert.Parameters.Clear();
                foreach (var (value, type) in Row(Guid.CreateVersion7(), i))
                {
                    insert.Parameters.Add(new NpgsqlParameter { Value = value ?? DBNull.Value, NpgsqlDbType = type });
                }

                if (!insert.IsPrepared)
                {
                    await insert.PrepareAsync();
                }

                await insert.ExecuteNonQueryAsync();
                Interlocked.Increment(ref rows);
            }
        }
    }

    /// <summary>The columns of an event as the service stores it.</summary>
    private static (object? Value, NpgsqlDbType Type)[] Row(Guid id, int i)
    {
        var (type, success, detail) = SampleEvents.Kinds[i % SampleEvents.Kinds.Count];
        var now = TimeProvider.System.GetUtcNow();
        return
        [
            (id, NpgsqlDbType.Uuid), (now, NpgsqlDbType.TimestampTz), (now, NpgsqlDbType.TimestampTz), (now, NpgsqlDbType.TimestampTz),
            (false, NpgsqlDbType.Boolean), ("bench", NpgsqlDbType.Text), ($"learner-{i % 500}", NpgsqlDbType.Text), (type, NpgsqlDbType.Text),
            ("Task.ipynb", NpgsqlDbType.Text), ($"a{i % 12}", NpgsqlDbType.Text), ("6f0c", NpgsqlDbType.Text), ("bench", NpgsqlDbType.Text),
            (success, NpgsqlDbType.Boolean), (success == false ? Encoding.UTF8.GetBytes(detail) : null, NpgsqlDbType.Jsonb), (Encoding.UTF8.GetBytes(detail), NpgsqlDbType.Jsonb),
        ];
    }
}
