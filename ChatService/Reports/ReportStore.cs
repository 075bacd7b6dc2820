using Lyceum.ChatService.Storage;
using Npgsql;

namespace Lyceum.ChatService.Reports;

/// <summary>Counts a course's questions.</summary>
internal sealed class ReportStore(NpgsqlDataSource database)
{
    private const int TimeoutSeconds = 30;

    private const string Asked = """
        WITH asked AS (
            SELECT m.id, m.created_at, m.question_class, m.objective, c.learner, c.notebook_path
            FROM conversation c JOIN message m ON m.conversation_id = c.id
            WHERE c.course = $1 AND c.updated_at >= $2 AND m.sender = 'user' AND m.question_class IS NOT NULL AND m.created_at >= $2)
        """;

    private const string ByLearner = """
        , learners AS (
            SELECT learner, count(*) AS questions, count(*) FILTER (WHERE question_class = 'executive') AS executive FROM asked GROUP BY learner)
        """;

    public async Task<CourseReport> ReadAsync(string course, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.Timeout = TimeoutSeconds;
        Add($"{Asked} SELECT count(*), count(*) FILTER (WHERE EXISTS (SELECT 1 FROM message a WHERE a.question_id = asked.id AND a.status = 'done')), count(DISTINCT learner), min(created_at), max(created_at) FROM asked");
        Add($"{Asked} SELECT question_class, count(*) FROM asked GROUP BY 1 ORDER BY 2 DESC, 1");
        Add($"{Asked} SELECT objective, count(*) FROM asked WHERE objective IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 50");
        Add($"{Asked} SELECT notebook_path, count(*) FROM asked WHERE notebook_path IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 20");
        Add($"{Asked}{ByLearner} SELECT learner, questions, executive, questions > 5 AND executive > 0.6 * questions FROM learners ORDER BY 2 DESC, 1 LIMIT 50");
        Add($"{Asked}{ByLearner} SELECT learner, questions, executive, true FROM learners WHERE questions > 5 AND executive > 0.6 * questions ORDER BY 2 DESC, 1 LIMIT 200");
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        var (questions, answers, students) = (rows.GetInt64(0), rows.GetInt64(1), rows.GetInt64(2));
        var (first, last) = (Time(3), Time(4));
        return new CourseReport(
            since,
            questions,
            answers,
            students,
            first,
            last,
            await NextAsync(rows, Count, cancellationToken),
            await NextAsync(rows, Count, cancellationToken),
            await NextAsync(rows, Count, cancellationToken),
            await NextAsync(rows, Learner, cancellationToken),
            await NextAsync(rows, Learner, cancellationToken));

#pragma warning disable CA2100 // The statements are constants of this class.
        void Add(string sql) => batch.BatchCommands.Add(new NpgsqlBatchCommand(sql) { Parameters = { Parameter.Text(course), Parameter.Time(since) } });
#pragma warning restore CA2100

        DateTimeOffset? Time(int column) => rows.IsDBNull(column) ? null : rows.GetFieldValue<DateTimeOffset>(column);
    }

    private static Counted Count(NpgsqlDataReader row) => new(row.GetString(0), row.GetInt64(1));

    private static AskingLearner Learner(NpgsqlDataReader row) => new(row.GetString(0), row.GetInt64(1), row.GetInt64(2), row.GetBoolean(3));

    private static async Task<List<T>> NextAsync<T>(NpgsqlDataReader rows, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await rows.NextResultAsync(cancellationToken);
        List<T> all = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            all.Add(read(rows));
        }

        return all;
    }
}
