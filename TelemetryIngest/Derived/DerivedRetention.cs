using Lyceum.TelemetryIngest.Partitions;
using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>
/// Forgets what is derived of events past retention, and puts together anew what stays of it. Whoever derives does it in between, so that
/// nobody else puts the same together meanwhile.
/// </summary>
internal sealed class DerivedRetention(
    NpgsqlDataSource database, ActiveTimeTable times, ThresholdTable thresholds, IOptions<RetentionOptions> options, TimeProvider time)
{
    private const int MaxAtOnce = 1000;

    /// <summary>A few at a time, and not those of whom something is just coming in: that locks learners in an order of its own.</summary>
    private const string ForgetLearners = """
        DELETE FROM learners WHERE (course, learner) IN (
            SELECT course, learner FROM learners WHERE last_seen < $1 ORDER BY course, learner LIMIT $2 FOR UPDATE SKIP LOCKED)
        """;

    private const string Affected = """
        SELECT course, learner FROM (
            SELECT course, learner FROM cell_days WHERE day < $1::date UNION SELECT course, learner FROM active_times WHERE last_at < $1) AS one
        WHERE (course, learner) > ($3, $4) ORDER BY course, learner LIMIT $2
        """;

    private const string ForgetDays = "DELETE FROM cell_days WHERE course = $1 AND learner = $2 AND day < $3::date RETURNING notebook, cell";

    private const string ForgetTimes = "DELETE FROM active_times WHERE course = $1 AND learner = $2 AND last_at < $3 RETURNING notebook, cell";

    private DateTimeOffset _next;

    /// <summary>Does so if it is time.</summary>
    public async Task KeepAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (options.Value.Events is not { } kept || now < _next)
        {
            return;
        }

        // Also where it fails: what is to be derived does not wait for what is to be forgotten.
        _next = now + options.Value.CheckInterval;
        var oldest = now - kept;
        var forgotten = 0;
        for (var some = MaxAtOnce; some == MaxAtOnce; forgotten += some)
        {
            some = await database.ExecuteAsync(ForgetLearners, cancellationToken, oldest, MaxAtOnce);
        }

        await database.ExecuteAsync("DELETE FROM question_days WHERE day < $1::date", cancellationToken, oldest);
        await database.ExecuteAsync("DELETE FROM code_states WHERE up_to < $1", cancellationToken, oldest);
        if (await ForgetAsync(oldest, cancellationToken) + forgotten > 0)
        {
            await thresholds.RefreshAllAsync(cancellationToken);
        }
    }

    private async Task<int> ForgetAsync(DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        var count = 0;
        var last = (Course: "", Learner: "");
        while (true)
        {
            var some = await database.ReadAsync(Affected, row => (Course: row.GetString(0), Learner: row.GetString(1)), cancellationToken, oldest, MaxAtOnce, last.Course, last.Learner);
            foreach (var (course, learner) in some)
            {
                await ForgetAsync(course, learner, oldest, cancellationToken);
            }

            count += some.Count;
            if (some.Count < MaxAtOnce)
            {
                return count;
            }

            last = some[^1];
        }
    }

    private async Task ForgetAsync(string course, string learner, DateTimeOffset oldest, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await LearnerHold.TakeAsync(connection, course, learner, cancellationToken))
        {
            return;
        }

        HashSet<CellKey> touched =
        [
            .. await connection.ReadAsync(ForgetDays, CellKey.Read, cancellationToken, course, learner, oldest),
            .. await connection.ReadAsync(ForgetTimes, CellKey.Read, cancellationToken, course, learner, oldest),
        ];
        var standings = await StandingTable.RefreshAsync(connection, course, learner, touched, cancellationToken);
        if (standings.SolvedSince is { } solved)
        {
            await times.RefreshAsync(connection, course, learner, solved > oldest ? solved : oldest, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }
}
