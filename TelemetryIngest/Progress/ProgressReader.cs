using Lyceum.TelemetryIngest.Activity;
using Lyceum.TelemetryIngest.Events;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.TelemetryIngest.Progress;

/// <summary>Reads how far a class has got, from where learners stand with cells.</summary>
internal sealed class ProgressReader(NpgsqlDataSource database, IOptions<ProgressOptions> options, IOptions<ActivityOptions> activity)
{
    private const int MaxNotebooks = 200;
    private const int ShownCode = 80;

    private const string Notebooks = """
        SELECT notebook, count(*)::int FROM notebook_learners WHERE course = $1
        GROUP BY notebook ORDER BY max(last_at) > now() - interval '1 day' DESC, count(*) DESC, notebook LIMIT $2
        """;

    private const string Standings = """
        SELECT learner, cell, tries, first_at, first_success IS NOT NULL, last_at, streak FROM cell_standings
        WHERE course = $1 AND notebook = $2 AND executions > 0
        """;

    private const string There = "SELECT learner FROM learners WHERE course = $1 AND notebook = $2";

    private const string Reliance = """
        SELECT learner, tutor::float8 / (typed + pasted + tutor) FROM code_states
        WHERE course = $1 AND notebook = $2 AND typed + pasted + tutor > 0
        """;

    private const string Code = """
        SELECT asked.cell, left(one.code, 2000) FROM unnest($2::text[], $3::text[], $4::timestamptz[]) AS asked (cell, learner, at), LATERAL (
            SELECT coalesce(detail ->> 'code', failure ->> 'code') AS code FROM events
            WHERE course = $1 AND learner = asked.learner AND live_at = asked.at AND cell = asked.cell AND success IS NOT NULL LIMIT 1) AS one
        WHERE one.code IS NOT NULL
        """;

    /// <summary>The progress in a notebook, or in the one that most work in.</summary>
    public async Task<CourseProgress> ReadAsync(string course, string? notebook, CancellationToken cancellationToken)
    {
        List<NotebookProgress> notebooks = [];
        await ReadAsync(Notebooks, row => notebooks.Add(new NotebookProgress(row.GetString(0), row.GetInt32(1))), cancellationToken, course, MaxNotebooks);
        if ((notebook ?? (notebooks is [var first, ..] ? first.Notebook : null)) is not { } asked)
        {
            return new CourseProgress(course, null, notebooks, [], []);
        }

        SortedDictionary<string, Dictionary<string, Standing>> learners = new(StringComparer.Ordinal);
        await ReadAsync(Standings, row => Add(learners, row), cancellationToken, course, asked);
        var exercises = Exercises(learners.Values);
        // Who has the notebook open and has run nothing yet has not started.
        await ReadAsync(There, row => learners.TryAdd(row.GetString(0), []), cancellationToken, course, asked);
        Dictionary<string, double> reliance = [];
        await ReadAsync(Reliance, row => reliance[row.GetString(0)] = row.GetDouble(1), cancellationToken, course, asked);

        var code = await CodeAsync(course, learners, exercises, cancellationToken);
        var stuckAfter = activity.Value.StuckAfter;
        return new CourseProgress(
            course,
            asked,
            notebooks,
            [.. exercises.Select(cell => Over(cell, code.GetValueOrDefault(cell), [.. learners.Values.Select(own => own.GetValueOrDefault(cell)).OfType<Standing>()]))],
            [.. learners.Select(own => new LearnerProgress(
                own.Key,
                string.Concat(exercises.Select(cell => own.Value.GetValueOrDefault(cell)?.State(stuckAfter) ?? '-')),
                [.. exercises.Select(cell => own.Value.GetValueOrDefault(cell)?.Tries ?? 0)],
                reliance.TryGetValue(own.Key, out var share) ? share : null))]);
    }

    private static void Add(SortedDictionary<string, Dictionary<string, Standing>> learners, NpgsqlDataReader row)
    {
        if (!learners.TryGetValue(row.GetString(0), out var own))
        {
            learners.Add(row.GetString(0), own = []);
        }

        own.Add(row.GetString(1), new Standing(row.GetInt32(2), row.GetFieldValue<DateTimeOffset>(3), row.GetBoolean(4), row.GetFieldValue<DateTimeOffset>(5), row.GetInt32(6)));
    }

    /// <summary>In the order in which learners come to them, whenever each of them began. A notebook's own cells are in everybody's copy; those that one learner added are in no other's.</summary>
    private string[] Exercises(SortedDictionary<string, Dictionary<string, Standing>>.ValueCollection learners)
    {
        var least = Math.Max(Math.Min(2, learners.Count), learners.Count * options.Value.MinShare);
        return
        [
            .. learners.SelectMany(own => own.OrderBy(cell => cell.Value.FirstAt).Select((cell, rank) => (cell.Key, Rank: rank))).GroupBy(cell => cell.Key, cell => cell.Rank)
                .Where(cell => cell.Count() >= least)
                .OrderByDescending(cell => cell.Count()).ThenBy(cell => cell.Key, StringComparer.Ordinal)
                .Take(options.Value.MaxCells)
                .OrderBy(cell => cell.Average()).ThenBy(cell => cell.Key, StringComparer.Ordinal)
                .Select(cell => cell.Key),
        ];
    }

    private ExerciseProgress Over(string cell, string? code, List<Standing> standings)
    {
        double[] tries = [.. standings.Where(one => one.IsSolved).Select(one => (double)one.Tries).Order()];
        return new ExerciseProgress(
            cell,
            code,
            standings.Count(one => one.State(activity.Value.StuckAfter) == 't'),
            standings.Count(one => one.State(activity.Value.StuckAfter) == 'x'),
            tries.Length,
            tries.Length == 0 ? null : (tries[(tries.Length - 1) / 2] + tries[tries.Length / 2]) / 2);
    }

    /// <summary>What a glance knows a cell by: the first line of its code.</summary>
    private async Task<Dictionary<string, string>> CodeAsync(
        string course, SortedDictionary<string, Dictionary<string, Standing>> learners, string[] cells, CancellationToken cancellationToken)
    {
        var last = cells.Select(cell => learners.Where(own => own.Value.ContainsKey(cell)).MaxBy(own => own.Value[cell].LastAt)).ToList();
        Dictionary<string, string> lines = [];
        await ReadAsync(
            Code,
            row =>
            {
                if (row.GetString(1).Split('\n').Select(line => line.Trim()).FirstOrDefault(line => line.Length > 0) is { } line)
                {
                    lines[row.GetString(0)] = StorableText.Cut(line, ShownCode);
                }
            },
            cancellationToken,
            course,
            cells,
            last.Select(own => own.Key).ToArray(),
            cells.Select((cell, i) => last[i].Value[cell].LastAt).ToArray());
        return lines;
    }

    private async Task ReadAsync(string sql, Action<NpgsqlDataReader> take, CancellationToken cancellationToken, params object[] values)
    {
#pragma warning disable CA2100 // Constants of this class.
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            take(reader);
        }
    }
}
