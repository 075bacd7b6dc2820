using System.Runtime.InteropServices;
using Lyceum.TelemetryIngest.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>What was put together anew.</summary>
/// <param name="Solved">The cells that are solved, or were before.</param>
/// <param name="SolvedSince">The earliest first success that came about or is no more; null when all are as they were.</param>
internal sealed record StandingChanges(List<CellKey> Solved, DateTimeOffset? SolvedSince);

/// <summary>
/// Keeps <c>cell_standings</c> and <c>notebook_learners</c>: the cells of a learner that something came to are put together anew from
/// their days and from the time at work in them.
/// </summary>
internal static class StandingTable
{
    private const string Days = """
        SELECT day, notebook, cell, executions, failures, tries, first_at, first_success, last_at, last_error, streak FROM cell_days
        WHERE course = $1 AND learner = $2 AND (notebook, cell) IN (SELECT * FROM unnest($3::text[], $4::text[])) ORDER BY day
        """;

    private const string Successes = """
        SELECT notebook, cell, first_success FROM cell_standings
        WHERE course = $1 AND learner = $2 AND first_success IS NOT NULL AND (notebook, cell) IN (SELECT * FROM unnest($3::text[], $4::text[]))
        """;

    private const string Times = """
        SELECT notebook, cell, sum(seconds::float8)::real, max(last_at) FROM active_times
        WHERE course = $1 AND learner = $2 AND (notebook, cell) IN (SELECT * FROM unnest($3::text[], $4::text[])) GROUP BY notebook, cell
        """;

    private const string Forget = """
        DELETE FROM cell_standings WHERE course = $1 AND learner = $2 AND (notebook, cell) IN (SELECT * FROM unnest($3::text[], $4::text[]))
        """;

    private const string Store = """
        INSERT INTO cell_standings (course, learner, notebook, cell, executions, tries, first_at, first_success, last_at, last_error, streak, active, active_at)
        SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::int[], $6::int[], $7::timestamptz[], $8::timestamptz[], $9::timestamptz[], $10::text[], $11::int[], $12::real[], $13::timestamptz[])
        ON CONFLICT (course, notebook, learner, cell) DO UPDATE SET executions = excluded.executions, tries = excluded.tries, first_at = excluded.first_at,
            first_success = excluded.first_success, last_at = excluded.last_at, last_error = excluded.last_error, streak = excluded.streak,
            active = excluded.active, active_at = excluded.active_at
        """;

    private const string ForgetNotebooks = """
        DELETE FROM notebook_learners WHERE course = $1 AND learner = $2 AND notebook = ANY ($3) AND NOT EXISTS (
            SELECT FROM cell_standings WHERE course = $1 AND learner = $2 AND notebook = notebook_learners.notebook AND executions > 0)
        """;

    private const string StoreNotebooks = """
        INSERT INTO notebook_learners (course, notebook, learner, last_at)
        SELECT course, notebook, learner, max(last_at) FROM cell_standings
        WHERE course = $1 AND learner = $2 AND notebook = ANY ($3) AND notebook <> '' AND executions > 0 GROUP BY course, notebook, learner
        ON CONFLICT (course, notebook, learner) DO UPDATE SET last_at = excluded.last_at
        """;

    /// <summary>Puts a learner's cells together.</summary>
    /// <remarks>Part of the connection's transaction.</remarks>
    public static async Task<StandingChanges> RefreshAsync(
        NpgsqlConnection connection, string course, string learner, IReadOnlyCollection<CellKey> cells, CancellationToken cancellationToken)
    {
        if (cells.Count == 0)
        {
            return new([], null);
        }

        string[] notebooks = [.. cells.Select(cell => cell.Notebook)];
        string[] names = [.. cells.Select(cell => cell.Cell)];
        var before = (await connection.ReadAsync(Successes, row => (Cell: CellKey.Read(row), At: row.Time(2)), cancellationToken, course, learner, notebooks, names))
            .ToDictionary(one => one.Cell, one => one.At);
        Dictionary<CellKey, (CellStanding Standing, float Active, DateTimeOffset? ActiveAt)> standings = [];
        foreach (var day in await connection.ReadAsync(Days, ReadDay, cancellationToken, course, learner, notebooks, names))
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(standings, new CellKey(day.Notebook, day.Cell), out _);
            (known.Standing ??= new()).Add(day);
        }

        foreach (var (cell, seconds, last) in await connection.ReadAsync(
            Times, row => (CellKey.Read(row), row.GetFloat(2), row.GetFieldValue<DateTimeOffset>(3)), cancellationToken, course, learner, notebooks, names))
        {
            ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(standings, cell, out _);
            known = (known.Standing ?? new(), seconds, last);
        }

        await StoreAsync(connection, course, learner, standings, cancellationToken);
        CellKey[] gone = [.. cells.Where(cell => !standings.ContainsKey(cell))];
        if (gone.Length > 0)
        {
            await connection.ExecuteAsync(
                Forget, cancellationToken, course, learner, gone.Select(cell => cell.Notebook).ToArray(), gone.Select(cell => cell.Cell).ToArray());
        }

        string[] touched = [.. notebooks.Distinct()];
        await connection.ExecuteAsync(ForgetNotebooks, cancellationToken, course, learner, touched);
        await connection.ExecuteAsync(StoreNotebooks, cancellationToken, course, learner, touched);
        var after = standings.Where(one => one.Value.Standing.FirstSuccess is not null).ToDictionary(one => one.Key, one => one.Value.Standing.FirstSuccess);
        List<CellKey> solved = [.. before.Keys.Union(after.Keys)];
        var moved = solved.Where(cell => before.GetValueOrDefault(cell) != after.GetValueOrDefault(cell)).ToList();
        return new(solved, moved.Select(cell => before.GetValueOrDefault(cell)).Concat(moved.Select(cell => after.GetValueOrDefault(cell))).Min());
    }

    private static async Task StoreAsync(
        NpgsqlConnection connection, string course, string learner, Dictionary<CellKey, (CellStanding Standing, float Active, DateTimeOffset? ActiveAt)> standings, CancellationToken cancellationToken)
    {
        if (standings.Count == 0)
        {
            return;
        }

        List<CellStanding> all = [.. standings.Values.Select(one => one.Standing)];
        await connection.ExecuteAsync(
            Store,
            cancellationToken,
            course,
            learner,
            standings.Keys.Select(cell => cell.Notebook).ToArray(),
            standings.Keys.Select(cell => cell.Cell).ToArray(),
            all.Select(one => one.Executions).ToArray(),
            all.Select(one => one.Tries).ToArray(),
            all.Select(one => one.FirstAt).ToArray(),
            all.Select(one => one.FirstSuccess).ToArray(),
            all.Select(one => one.LastAt).ToArray(),
            new NpgsqlParameter { Value = all.Select(one => one.LastError).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            all.Select(one => one.Streak).ToArray(),
            standings.Values.Select(one => one.Active).ToArray(),
            standings.Values.Select(one => one.ActiveAt).ToArray());
    }

    private static CellDay ReadDay(NpgsqlDataReader row) => new(
        row.GetFieldValue<DateOnly>(0), row.GetString(1), row.GetString(2), row.GetInt32(3), row.GetInt32(4), row.GetInt32(5),
        row.GetFieldValue<DateTimeOffset>(6), row.Time(7), row.GetFieldValue<DateTimeOffset>(8), row.Text(9), row.GetInt32(10));
}
