using System.Globalization;
using Npgsql;

namespace Lyceum.TelemetryBench;

/// <summary>Twenty courses of 500 learners at work for a month, written straight into the service's tables.</summary>
internal static class History
{
    /// <summary>The course that is looked at.</summary>
    public const string Course = "seen";

    /// <summary>Its learners.</summary>
    public const int Learners = 500;

    /// <summary>The notebook that is worked in now.</summary>
    public static string Notebook => string.Create(CultureInfo.InvariantCulture, $"Task-{TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 259200}.ipynb");

    private const int Courses = 20;
    private const int LastHour = Courses * Learners * 40;

    /// <summary>
    /// A learner's events take turns: six about edits, three runs, a question, then the next of twelve cells; a notebook lasts three
    /// days. A learner in seven never succeeds with one of the cells.
    /// </summary>
    private const string Fill = """
        INSERT INTO events (id, received_at, occurred_at, live_at, clock_off, course, learner, type, notebook, cell, session, source, success, failure, detail)
        SELECT gen_random_uuid(), t, t, t, false, CASE course WHEN 0 THEN 'seen' ELSE 'other-' || course END, 'learner-' || learner,
            CASE WHEN kind < 3 THEN 'CellExecute' WHEN kind = 3 THEN 'TutorQuestion' ELSE 'CellEditEvent' END,
            'Task-' || floor(extract(epoch FROM t) / 259200) || '.ipynb', 'a' || cell, '6f0c', 'bench',
            CASE WHEN kind < 3 THEN kind < 2 AND learner % 7 <> cell % 7 END,
            CASE WHEN kind = 2 OR (kind < 2 AND learner % 7 = cell % 7) THEN '{"name":"KeyError","value":"agee","code":"df","traceback":["KeyError"]}'::jsonb END,
            '{"index":3,"changes":[120,[0,"df.groupby().mean()"],48],"type":"code"}'::jsonb
        FROM (
            SELECT now() - (1 - n::float8 / $1) * $2::interval AS t, n % 20 AS course, (n / 20) % 500 AS learner, (n / 10000) % 10 AS kind, ((n / 100000) + (n / 20)) % 12 AS cell
            FROM generate_series(0, $1 - 1) AS n) AS made
        """;

    private const string See = """
        INSERT INTO learners (course, learner, last_seen, notebook, changed_since, edited_since)
        SELECT 'seen', 'learner-' || n, now(), $1, '1970-01-01Z', '1970-01-01Z'
        FROM generate_series(0, 499) AS n
        ON CONFLICT (course, learner) DO UPDATE SET last_seen = now(), notebook = excluded.notebook, changes = excluded.changes, changed_since = now() - interval '2 hours'
        """;

    /// <summary>Writes so many events, unless there are as many, and lets the courses be at work now; answers how many there are.</summary>
    public static async Task<long> FillAsync(NpgsqlDataSource database, int events)
    {
        await ExecuteAsync(database, "SELECT make_events_month(now() - n * interval '1 day') FROM generate_series(0, 30) AS n");
        var there = await CountAsync(database);
        if (there < events)
        {
            var indexes = await IndexesAsync(database);
            foreach (var (name, _) in indexes)
            {
                await ExecuteAsync(database, $"DROP INDEX {name}");
            }

            await ExecuteAsync(database, Fill, (int)(events - there), TimeSpan.FromDays(29));
            foreach (var (_, definition) in indexes)
            {
                await ExecuteAsync(database, $"SET maintenance_work_mem = '512MB'; {definition.Replace(" ON ONLY ", " ON ", StringComparison.Ordinal)}");
            }
        }

        // Of another run a moment ago the class would have done as much once more.
        await ExecuteAsync(database, "DELETE FROM events WHERE live_at > now() - interval '4 hours'");
        await ExecuteAsync(database, Fill, LastHour, TimeSpan.FromHours(1));
        await ExecuteAsync(database, See, Notebook);
        await ExecuteAsync(database, "VACUUM ANALYZE events");
        return await CountAsync(database);
    }

    private static async Task<long> CountAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SELECT coalesce(sum(reltuples), 0)::bigint FROM pg_class WHERE oid IN (SELECT relid FROM pg_partition_tree('events') WHERE isleaf) AND reltuples > 0");
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private static async Task<List<(string Name, string Definition)>> IndexesAsync(NpgsqlDataSource database)
    {
        await using var command = database.CreateCommand("SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = 'events'::regclass");
        await using var reader = await command.ExecuteReaderAsync();
        List<(string, string)> indexes = [];
        while (await reader.ReadAsync())
        {
            indexes.Add((reader.GetString(0), reader.GetString(1)));
        }

        return indexes;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
#pragma warning disable CA2100 // Constants of this class, and the database's own.
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        command.CommandTimeout = 0;
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync();
    }
}
