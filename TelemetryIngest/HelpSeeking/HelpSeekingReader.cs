using Lyceum.TelemetryIngest.Derived;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.TelemetryIngest.HelpSeeking;

/// <summary>Reads what kinds of help a class asks for, from what is kept by day.</summary>
internal sealed class HelpSeekingReader(NpgsqlDataSource database)
{
    private const string Counts = """
        SELECT learner, class, objective, sum(questions)::int FROM question_days
        WHERE course = $1 AND day >= $2 AND day <= $3 AND ($4::text IS NULL OR notebook = $4) GROUP BY learner, class, objective
        """;

    /// <summary>The questions of the days from one to another, both included.</summary>
    public async Task<CourseHelpSeeking> ReadAsync(string course, DateOnly from, DateOnly to, string? notebook, CancellationToken cancellationToken)
    {
        List<Asked> asked = [];
        await using var command = database.CreateCommand(Counts);
        command.Parameters.Add(new() { Value = course });
        command.Parameters.Add(new() { Value = from });
        command.Parameters.Add(new() { Value = to });
        command.Parameters.Add(new() { Value = notebook is null ? DBNull.Value : DerivedKey.OfNotebook(notebook), NpgsqlDbType = NpgsqlDbType.Text });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            asked.Add(new Asked(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetInt32(3)));
        }

        return new CourseHelpSeeking(
            course, from, to, asked.Sum(one => one.Questions), LearnersOf(asked), ClassesOf(asked),
            [.. asked.GroupBy(one => one.Objective).Select(group => new ObjectiveQuestions(group.Key, group.Sum(one => one.Questions), LearnersOf(group), ClassesOf(group)))
                .OrderByDescending(group => group.Questions).ThenBy(group => group.Objective, StringComparer.Ordinal)],
            [.. asked.GroupBy(one => one.Learner).Select(group => new LearnerQuestions(group.Key, group.Sum(one => one.Questions), ExecutiveShare(group)))
                .OrderByDescending(one => one.Questions).ThenBy(one => one.Learner, StringComparer.Ordinal)]);
    }

    private static List<QuestionGroup> ClassesOf(IEnumerable<Asked> asked) =>
    [
        .. asked.GroupBy(one => one.Class).Select(group => new QuestionGroup(group.Key, group.Sum(one => one.Questions), LearnersOf(group)))
            .OrderByDescending(group => group.Questions).ThenBy(group => group.Class, StringComparer.Ordinal),
    ];

    private static int LearnersOf(IEnumerable<Asked> asked) => asked.Select(one => one.Learner).Distinct().Count();

    private static double? ExecutiveShare(IEnumerable<Asked> asked)
    {
        var classified = asked.Where(one => one.Class is "instrumental" or "executive").ToList();
        return classified.Count == 0 ? null : (double)classified.Where(one => one.Class == "executive").Sum(one => one.Questions) / classified.Sum(one => one.Questions);
    }

    private sealed record Asked(string Learner, string Class, string Objective, int Questions);
}
