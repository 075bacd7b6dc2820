using System.Diagnostics;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryBench;

/// <summary>How long the class view takes on a table with many events of many courses.</summary>
internal static class ClassViews
{
    private const int Learners = 500;

    /// <summary>Events of twenty courses of 500 learners over thirty days, up to now; in the last two hours each learner of "seen" has some 40.</summary>
    private const string Fill = """
        WITH made AS (
            SELECT gen_random_uuid() AS id, n, now() - (n::float8 / $1) * interval '29 days' AS t, n % 10 AS kind, n % 20 AS course, (n / 20) % 500 AS learner
            FROM generate_series(0, $1 - 1) AS n),
        stored AS (
            INSERT INTO events (id, received_at, occurred_at, live_at, clock_off, course, learner, type, notebook, cell, session, source, success, failure, detail)
            SELECT id, t, t, t, false, CASE course WHEN 0 THEN 'seen' ELSE 'other-' || course END, 'learner-' || learner,
                CASE WHEN kind < 3 THEN 'CellExecute' WHEN kind = 3 THEN 'TutorQuestion' ELSE 'CellEditEvent' END, 'Task.ipynb', 'a' || n % 12, '6f0c', 'bench',
                CASE WHEN kind < 2 THEN true WHEN kind = 2 THEN false END,
                CASE WHEN kind = 2 THEN '{"name":"KeyError","value":"agee","code":"df","traceback":["KeyError"]}'::jsonb END,
                '{"index":3,"changes":[120,[0,"df.groupby().mean()"],48],"type":"code"}'::jsonb
            FROM made)
        SELECT 1
        """;

    private const string Seen = """
        INSERT INTO learners SELECT course, learner, max(live_at), 'Task.ipynb' FROM events WHERE course = 'seen' GROUP BY course, learner
        ON CONFLICT (course, learner) DO UPDATE SET last_seen = excluded.last_seen
        """;

    /// <summary>The view of a class of 500 in so large a table; ms at the 50th and 95th percentile, and how many learners it showed.</summary>
    public static async Task<(double P50, double P95, int Learners)> RunAsync(ServiceProcess service, NpgsqlDataSource database, int events, int requests)
    {
        await ExecuteAsync(database, "SELECT make_events_month(now() - n * interval '1 day') FROM generate_series(0, 30) AS n");
        await ExecuteAsync(database, Fill, events);
        // The same class at work now: events of the last hour besides those spread over the month.
        await ExecuteAsync(database, Fill.Replace("29 days", "60 minutes", StringComparison.Ordinal), Learners * 20 * 40);
        await ExecuteAsync(database, Seen);
        await ExecuteAsync(database, "VACUUM ANALYZE events");

        using var instructor = service.ClientFor(TestIdentity.Instructor(course: "seen"));
        List<double> times = [];
        var shown = 0;
        for (var i = 0; i < requests + 5; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var view = await instructor.GetStringAsync(new Uri("/telemetry/courses/seen/activity", UriKind.Relative));
            if (i >= 5)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }

            shown = view.Split("\"last_seen\"").Length - 1;
        }

        double[] sorted = [.. times.Order()];
        return (Percentile.Of(sorted, 0.5), Percentile.Of(sorted, 0.95), shown);
    }

    private static async Task ExecuteAsync(NpgsqlDataSource database, string sql, params object[] values)
    {
#pragma warning disable CA2100 // Constants of this class.
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
