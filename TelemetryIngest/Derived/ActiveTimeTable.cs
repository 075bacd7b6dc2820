using Lyceum.TelemetryIngest.CodeStates;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Metrics;
using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>Keeps <c>active_times</c>: the stretches from the first on that something came to are computed anew from their events.</summary>
internal sealed class ActiveTimeTable(NpgsqlDataSource database, IOptions<MetricsOptions> metrics)
{
    private const string Moments = """
        SELECT live_at, type, notebook, cell FROM events
        WHERE course = $1 AND learner = $2 AND live_at >= $3 AND notebook IS NOT NULL AND type = ANY ($4) ORDER BY live_at, id
        """;

    /// <summary>The cell that was named last, unless the learner has left for another notebook since.</summary>
    private const string Last = """
        SELECT notebook, cell FROM (
            SELECT live_at, id, notebook, cell FROM events
            WHERE course = $1 AND learner = $2 AND live_at < $3 AND notebook IS NOT NULL AND cell IS NOT NULL AND type = ANY ($4) ORDER BY live_at DESC, id DESC LIMIT 1) AS last
        WHERE NOT EXISTS (
            SELECT FROM events
            WHERE course = $1 AND learner = $2 AND live_at < $3 AND live_at >= last.live_at AND (live_at, id) > (last.live_at, last.id)
                AND notebook <> last.notebook AND type = ANY ($5))
        """;

    private const string Solved = "SELECT notebook, cell, first_success FROM cell_standings WHERE course = $1 AND learner = $2 AND first_success IS NOT NULL";

    private const string Delete = "DELETE FROM active_times WHERE course = $1 AND learner = $2 AND start >= $3 RETURNING notebook, cell";

    private const string Insert = """
        INSERT INTO active_times (course, learner, start, notebook, cell, seconds, last_at)
        SELECT $1, $2, * FROM unnest($3::timestamptz[], $4::text[], $5::text[], $6::real[], $7::timestamptz[])
        """;

    /// <summary>Brings one learner's time at work up to date; answers the cells that it changed and that are solved.</summary>
    public async Task<List<CellKey>> DeriveAsync(ChangedLearner changed, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await LearnerHold.TakeAsync(connection, changed.Course, changed.Learner, cancellationToken))
        {
            return [];
        }

        var solved = await RefreshAsync(connection, changed.Course, changed.Learner, changed.Since, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return solved;
    }

    /// <summary>The same, for what has come or for another first success since then.</summary>
    /// <remarks>Part of the connection's transaction.</remarks>
    public async Task<List<CellKey>> RefreshAsync(NpgsqlConnection connection, string course, string learner, DateTimeOffset since, CancellationToken cancellationToken)
    {
        // The time since an event before may be work by now; what lies further back is silence as it was.
        var start = ActiveTime.StretchOf(since - metrics.Value.IdleAfter);
        var current = await connection.ReadAsync(Last, ReadCell, cancellationToken, course, learner, start, ActiveTime.Naming, NotebookEvent.Types);
        var solved = (await connection.ReadAsync(Solved, row => (Cell: ReadCell(row), At: row.GetFieldValue<DateTimeOffset>(2)), cancellationToken, course, learner))
            .ToDictionary(one => one.Cell, one => one.At);
        var moments = await connection.ReadAsync(Moments, ReadMoment, cancellationToken, course, learner, start, NotebookEvent.Types);
        var times = ActiveTime.Of(moments, current is [var last] ? last : null, solved, metrics.Value.IdleAfter);

        HashSet<CellKey> touched = [.. await connection.ReadAsync(Delete, ReadCell, cancellationToken, course, learner, start), .. times.Keys.Select(one => one.Cell)];
        if (times.Count > 0)
        {
            await connection.ExecuteAsync(
                Insert,
                cancellationToken,
                course,
                learner,
                times.Keys.Select(one => one.Start).ToArray(),
                times.Keys.Select(one => one.Cell.Notebook).ToArray(),
                times.Keys.Select(one => one.Cell.Cell).ToArray(),
                times.Values.Select(one => (float)one.Seconds).ToArray(),
                times.Values.Select(one => one.LastAt).ToArray());
        }

        var standings = await StandingTable.RefreshAsync(connection, course, learner, touched, cancellationToken);
        if (touched.Count > 0)
        {
            await ChangeNotice.SendAsync(connection, course, learner, cancellationToken);
        }

        return standings.Solved;
    }

    private static CellKey ReadCell(NpgsqlDataReader row) => new(DerivedKey.OfNotebook(row.GetString(0)), row.GetString(1));

    private static WorkMoment ReadMoment(NpgsqlDataReader row) => new(
        row.GetFieldValue<DateTimeOffset>(0),
        row.GetString(1),
        DerivedKey.OfNotebook(row.GetString(2)),
        row.IsDBNull(3) ? null : new CellKey(DerivedKey.OfNotebook(row.GetString(2)), row.GetString(3)));
}
