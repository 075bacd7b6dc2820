using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.Reports;

/// <summary>Reads what was asked of the tutor, from its events.</summary>
internal sealed class TutorUseReader(NpgsqlDataSource database)
{
    private const string Counts = """
        SELECT type, learner, coalesce(notebook, ''), coalesce(detail ->> 'class', ''), coalesce(detail ->> 'experiment', ''), coalesce(detail ->> 'arm', ''),
            (count(*) FILTER (WHERE type <> 'TutorAnswer' OR detail ->> 'outcome' = 'done'))::int, min(live_at), max(live_at)
        FROM events
        WHERE course = $1 AND live_at >= $2 AND live_at < $3 AND ($4::text IS NULL OR notebook = $4) AND type IN ('TutorQuestion', 'TutorAnswer', 'TutorExposure')
        GROUP BY 1, 2, 3, 4, 5, 6
        """;

    public async Task<TutorUse> ReadAsync(string course, ReportSpan span, CancellationToken cancellationToken)
    {
        List<Row> rows = [];
        await using var command = database.CreateCommand(Counts);
        command.Parameters.Add(new() { Value = course });
        command.Parameters.Add(new() { Value = span.From });
        command.Parameters.Add(new() { Value = span.To });
        command.Parameters.Add(new() { Value = (object?)span.Notebook ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            rows.Add(new Row(
                reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetString(5), reader.GetInt32(6),
                reader.GetFieldValue<DateTimeOffset>(7), reader.GetFieldValue<DateTimeOffset>(8)));
        }

        List<Row> questions = [.. rows.Where(row => row.Type == "TutorQuestion")];
        return new TutorUse(
            questions.Sum(row => row.Count),
            rows.Where(row => row.Type == "TutorAnswer").Sum(row => row.Count),
            questions.Select(row => row.Learner).Distinct().Count(),
            questions.Count == 0 ? null : questions.Min(row => row.First),
            questions.Count == 0 ? null : questions.Max(row => row.Last),
            By(questions, row => row.Learner),
            By(questions, row => row.Notebook),
            By(questions, row => row.Class),
            [.. rows.Where(row => row.Type == "TutorExposure").GroupBy(row => (row.Experiment, row.Group))
                .Select(group => (group.Key.Experiment, group.Key.Group, group.Select(row => row.Learner).Distinct().Count()))
                .OrderBy(group => group.Experiment, StringComparer.Ordinal).ThenBy(group => group.Group, StringComparer.Ordinal)]);
    }

    private static List<(string, int)> By(List<Row> rows, Func<Row, string> name) =>
        [.. rows.GroupBy(name).Select(group => (group.Key, Count: group.Sum(row => row.Count))).OrderByDescending(one => one.Count).ThenBy(one => one.Key, StringComparer.Ordinal)];

    private sealed record Row(
        string Type, string Learner, string Notebook, string Class, string Experiment, string Group, int Count, DateTimeOffset First, DateTimeOffset Last);
}
