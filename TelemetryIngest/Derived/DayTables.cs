using Lyceum.TelemetryIngest.Activity;
using Lyceum.TelemetryIngest.Events;
using Lyceum.TelemetryIngest.Storage;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>A learner whose events have changed.</summary>
/// <param name="Course">The course.</param>
/// <param name="Learner">The pseudonym.</param>
/// <param name="Since">The earliest event that has not been looked at.</param>
/// <param name="Changes">What stands for the learner's last commit when this was read.</param>
internal sealed record ChangedLearner(string Course, string Learner, DateTimeOffset Since, long Changes);

/// <summary>Keeps <c>cell_days</c> and <c>question_days</c>: a day that something came to is computed anew from its events.</summary>
internal sealed class DayTables(NpgsqlDataSource database, ActiveTimeTable times, IOptions<ActivityOptions> activity, IOptions<EventsOptions> intake)
{
    private const int MaxAtOnce = 100;

    private const string Changed = $"""
        SELECT course, learner, changed_since, changes FROM learners
        WHERE changed_since IS NOT NULL AND {ChangedLearners.NotAside} AND EXISTS ({DerivationVersion.Holds})
        ORDER BY days_derived_at NULLS FIRST, last_seen DESC LIMIT $3
        """;

    private const string Events = """
        SELECT id, live_at, received_at, type, notebook, cell, success, failure ->> 'name', detail ->> 'class', detail ->> 'objective' FROM events
        WHERE course = $1 AND learner = $2 AND live_at >= $4 AND (success IS NOT NULL OR type = 'TutorQuestion')
            AND (live_at >= $3::timestamptz - $5 OR received_at >= (
                SELECT min(received_at) - $5 FROM events WHERE course = $1 AND learner = $2 AND live_at >= $3 AND success IS NOT NULL))
        ORDER BY live_at, id
        """;

    /// <summary>The earliest execution that could be another report of one of those since then: one that came about when they did.</summary>
    private const string Affected = """
        SELECT min(live_at) FROM events
        WHERE course = $1 AND learner = $2 AND live_at >= $4 AND live_at < $3 AND success IS NOT NULL AND received_at >= (
            SELECT min(received_at) - $5 FROM events WHERE course = $1 AND learner = $2 AND live_at >= $3 AND success IS NOT NULL)
        """;

    private const string Delete = "DELETE FROM cell_days WHERE course = $1 AND learner = $2 AND day >= $3 RETURNING notebook, cell";

    private const string DeleteQuestions = "DELETE FROM question_days WHERE course = $1 AND learner = $2 AND day >= $3";

    private const string Insert = """
        INSERT INTO cell_days SELECT $1, $2, * FROM unnest(
            $3::date[], $4::text[], $5::text[], $6::int[], $7::int[], $8::int[], $9::timestamptz[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::int[])
        """;

    private const string InsertQuestions = "INSERT INTO question_days SELECT $1, $2, * FROM unnest($3::date[], $4::text[], $5::text[], $6::text[], $7::int[])";

    private const string Done = """
        UPDATE learners SET days_derived_at = now(), changed_since = CASE WHEN changes = $3 THEN NULL ELSE changed_since END WHERE course = $1 AND learner = $2
        """;

    /// <summary>Some of the learners whose executions or questions have changed, but for those who are set aside.</summary>
    public Task<List<ChangedLearner>> ChangedAsync(IReadOnlyCollection<(string Course, string Learner)> aside, CancellationToken cancellationToken) =>
        ChangedLearners.ReadAsync(database, Changed, aside, cancellationToken, MaxAtOnce);

    /// <summary>Brings one learner's days up to date, and where the learner stands; answers the cells that it changed and that are solved.</summary>
    public async Task<List<CellKey>> DeriveAsync(ChangedLearner changed, CancellationToken cancellationToken)
    {
        var day = DateOnly.FromDateTime((await FirstAsync(changed, cancellationToken)).UtcDateTime);
        var since = new DateTimeOffset(day.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero);
        var (events, questions) = await ReadAsync(changed, since, cancellationToken);
        var counted = CountedEvent.Once(events, activity.Value.SameExecutionWithin).Where(one => one.Time >= since);
        List<CellDay> cells = [.. CellDay.Of(counted)];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (!await LearnerHold.TakeAsync(connection, changed.Course, changed.Learner, cancellationToken))
        {
            return [];
        }

        var before = await connection.ReadAsync(Delete, CellKey.Read, cancellationToken, changed.Course, changed.Learner, day);
        await ExecuteAsync(connection, DeleteQuestions, cancellationToken, changed.Course, changed.Learner, day);
        await InsertAsync(connection, changed, cells, cancellationToken);
        await InsertAsync(connection, changed, questions.Where(one => one.Key.Day >= day).ToList(), cancellationToken);
        HashSet<CellKey> touched = [.. before, .. cells.Select(cell => new CellKey(cell.Notebook, cell.Cell))];
        var standings = await StandingTable.RefreshAsync(connection, changed.Course, changed.Learner, touched, cancellationToken);
        if (standings.SolvedSince is { } solvedSince)
        {
            // Time at work in a cell ends with its first success.
            await times.RefreshAsync(connection, changed.Course, changed.Learner, solvedSince, cancellationToken);
        }

        await ExecuteAsync(connection, Done, cancellationToken, changed.Course, changed.Learner, changed.Changes);
        await transaction.CommitAsync(cancellationToken);
        return standings.Solved;
    }

    /// <summary>Notes that there is nothing more to do for a learner.</summary>
    public Task DoneAsync(ChangedLearner changed, CancellationToken cancellationToken) =>
        database.ExecuteAsync(Done, cancellationToken, changed.Course, changed.Learner, changed.Changes);

    /// <summary>From when on days may be others than before: two reports of one execution may lie on both sides of midnight, by either clock.</summary>
    private async Task<DateTimeOffset> FirstAsync(ChangedLearner changed, CancellationToken cancellationToken)
    {
        await using var command = Command(Affected, changed, changed.Since);
        var near = changed.Since - activity.Value.SameExecutionWithin;
        return await command.ExecuteScalarAsync(cancellationToken) is DateTime affected && affected < near.UtcDateTime ? new DateTimeOffset(affected) : near;
    }

    private NpgsqlCommand Command(string sql, ChangedLearner changed, DateTimeOffset since)
    {
#pragma warning disable CA2100 // Constants of this class.
        var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.Add(new() { Value = changed.Course });
        command.Parameters.Add(new() { Value = changed.Learner });
        command.Parameters.Add(new() { Value = since });
        // No clock of a sender's is taken that is further off.
        command.Parameters.Add(new() { Value = since - activity.Value.SameExecutionWithin - intake.Value.MaxClockError });
        command.Parameters.Add(new() { Value = activity.Value.SameExecutionWithin });
        return command;
    }

    private async Task<(List<CountedEvent> Events, Dictionary<QuestionKey, int> Questions)> ReadAsync(ChangedLearner changed, DateTimeOffset since, CancellationToken cancellationToken)
    {
        List<CountedEvent> events = [];
        Dictionary<QuestionKey, int> questions = [];
        // Whether an execution is another report of one before it is told by what lies before the day, too.
        await using var command = Command(Events, changed, since);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var time = reader.GetFieldValue<DateTimeOffset>(1);
            if (reader.IsDBNull(6))
            {
                var key = new QuestionKey(
                    DateOnly.FromDateTime(time.UtcDateTime), DerivedKey.OfNotebook(Text(4) ?? ""), DerivedKey.OfClass(Text(8) ?? ""), DerivedKey.OfObjective(Text(9) ?? ""));
                questions[key] = questions.GetValueOrDefault(key) + 1;
            }
            else
            {
                events.Add(new CountedEvent(
                    reader.GetGuid(0), time, reader.GetFieldValue<DateTimeOffset>(2), reader.GetString(3), Text(4), Text(5), reader.GetBoolean(6), Text(7)));
            }
        }

        return (events, questions);

        string? Text(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);
    }

    private static async Task InsertAsync(NpgsqlConnection connection, ChangedLearner changed, List<CellDay> cells, CancellationToken cancellationToken)
    {
        if (cells.Count > 0)
        {
            await ExecuteAsync(
                connection, Insert, cancellationToken, changed.Course, changed.Learner, cells.Select(cell => cell.Day).ToArray(), cells.Select(cell => cell.Notebook).ToArray(),
                cells.Select(cell => cell.Cell).ToArray(), cells.Select(cell => cell.Executions).ToArray(), cells.Select(cell => cell.Failures).ToArray(),
                cells.Select(cell => cell.Tries).ToArray(), cells.Select(cell => cell.FirstAt).ToArray(), cells.Select(cell => cell.FirstSuccess).ToArray(),
                cells.Select(cell => cell.LastAt).ToArray(), cells.Select(cell => cell.LastError).ToArray(), cells.Select(cell => cell.Streak).ToArray());
        }
    }

    private static async Task InsertAsync(NpgsqlConnection connection, ChangedLearner changed, List<KeyValuePair<QuestionKey, int>> questions, CancellationToken cancellationToken)
    {
        if (questions.Count > 0)
        {
            await ExecuteAsync(
                connection, InsertQuestions, cancellationToken, changed.Course, changed.Learner, questions.Select(one => one.Key.Day).ToArray(),
                questions.Select(one => one.Key.Notebook).ToArray(), questions.Select(one => one.Key.Class).ToArray(),
                questions.Select(one => one.Key.Objective).ToArray(), questions.Select(one => one.Value).ToArray());
        }
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params object[] values)
    {
#pragma warning disable CA2100 // Constants of this class.
        await using var command = new NpgsqlCommand(sql, connection);
#pragma warning restore CA2100
        foreach (var value in values)
        {
            command.Parameters.Add(value is string?[] ? new() { Value = value, NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text } : new NpgsqlParameter { Value = value });
        }

        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private readonly record struct QuestionKey(DateOnly Day, string Notebook, string Class, string Objective);
}

internal static class ChangedLearners
{
    /// <summary>Leaves out those whose courses and names are the first two parameters.</summary>
    public const string NotAside = "NOT (course, learner) IN (SELECT * FROM unnest($1::text[], $2::text[]))";

    /// <summary>Reads course, learner, since when and count of changes.</summary>
    /// <param name="database">The database.</param>
    /// <param name="sql">What reads them, with <see cref="NotAside"/>.</param>
    /// <param name="aside">Who is left out.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="values">The other parameters.</param>
    public static Task<List<ChangedLearner>> ReadAsync(
        NpgsqlDataSource database, string sql, IReadOnlyCollection<(string Course, string Learner)> aside, CancellationToken cancellationToken, params object[] values) =>
        database.ReadAsync(
            sql,
            row => new ChangedLearner(row.GetString(0), row.GetString(1), row.GetFieldValue<DateTimeOffset>(2), row.GetInt64(3)),
            cancellationToken,
            [aside.Select(one => one.Course).ToArray(), aside.Select(one => one.Learner).ToArray(), .. values]);
}
