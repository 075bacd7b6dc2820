using System.Text.Json;
using Lyceum.ChatService.Storage;
using Npgsql;
using NpgsqlTypes;

namespace Lyceum.ChatService.Tools;

/// <summary>One step of an answer: what the model said, and the calls that it asked for.</summary>
internal sealed record ToolStep(int Number, string Text, IReadOnlyList<RecordedCall> Calls);

/// <summary>Steps and calls in PostgreSQL. A call is written before it is made, so that what may have happened is on record.</summary>
internal sealed class ToolCallStore(NpgsqlDataSource database)
{
    // What its process left running or waiting when the answer ended is told so.
    private const string OfCall = """
        t.id, t.answer_id, t.step, t.tool, t.name, t.arguments,
        CASE WHEN t.status IN ('waiting', 'approved', 'running') AND m.status NOT IN ('queued', 'running', 'waiting') THEN 'interrupted' ELSE t.status END,
        t.result, t.result_length, t.created_at, t.decided_at, t.duration_ms
        """;

    private const string FromCalls = "FROM tool_call t JOIN message m ON m.id = t.answer_id";

    public async Task AddAsync(ToolStep step, Guid answer, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("INSERT INTO tool_step (answer_id, step, text) VALUES ($1, $2, $3)")
        {
            Parameters = { Parameter.Id(answer), Number(step.Number), Parameter.Text(step.Text) },
        });
        for (var i = 0; i < step.Calls.Count; i++)
        {
            var call = step.Calls[i];
            batch.BatchCommands.Add(new NpgsqlBatchCommand("""
                INSERT INTO tool_call (id, answer_id, step, position, tool, name, arguments, status, created_at, result, result_length)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
                """)
            {
                Parameters =
                {
                    Parameter.Id(call.CallId), Parameter.Id(answer), Number(step.Number), Number(i), Parameter.Text(call.Tool), Parameter.Text(call.Name),
                    Parameter.Text(call.Arguments.GetRawText()), Parameter.Text(call.Status), Parameter.Time(call.CreatedAt),
                    Parameter.Text(call.Result), Parameter.Count(call.Result?.Length),
                },
            });
        }

        await batch.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task BeginAsync(Guid call, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE tool_call SET status = 'running' WHERE id = $1");
        command.Parameters.Add(Parameter.Id(call));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    public async Task FinishAsync(Guid call, string status, string result, int length, TimeSpan duration, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE tool_call SET status = $2, result = $3, result_length = $4, duration_ms = $5 WHERE id = $1");
        command.Parameters.AddRange((NpgsqlParameter[])
            [Parameter.Id(call), Parameter.Text(status), Parameter.Text(result), Number(length), Parameter.Count((long)duration.TotalMilliseconds)]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The steps of an answer, in order.</summary>
    public async Task<IReadOnlyList<ToolStep>> StepsAsync(Guid answer, CancellationToken cancellationToken)
    {
        var calls = await QueryAsync($"{FromCalls} WHERE t.answer_id = $1", [Parameter.Id(answer)], cancellationToken);
        await using var command = database.CreateCommand("SELECT step, text FROM tool_step WHERE answer_id = $1 ORDER BY step");
        command.Parameters.Add(Parameter.Id(answer));
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<ToolStep> steps = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            var number = rows.GetInt32(0);
            steps.Add(new ToolStep(number, rows.GetString(1), [.. calls.Where(call => call.Step == number)]));
        }

        return steps;
    }

    /// <summary>The calls for an answer that wait for approval.</summary>
    public Task<List<RecordedCall>> WaitingAsync(Guid answer, CancellationToken cancellationToken) =>
        QueryAsync($"{FromCalls} WHERE t.answer_id = $1 AND t.status = 'waiting' AND m.status = 'waiting'", [Parameter.Id(answer)], cancellationToken);

    /// <summary>The newest calls of a conversation of the subject's, in order.</summary>
    public async Task<List<RecordedCall>> OfConversationAsync(string subject, Guid conversation, int limit, CancellationToken cancellationToken)
    {
        var calls = await QueryAsync(
            $"{FromCalls} JOIN conversation c ON c.id = m.conversation_id WHERE c.id = $1 AND c.subject = $2",
            [Parameter.Id(conversation), Parameter.Text(subject), Parameter.Count(limit)],
            cancellationToken,
            "t.answer_id DESC, t.step DESC, t.position DESC LIMIT $3");
        calls.Reverse();
        return calls;
    }

    /// <summary>The calls for an answer in a course, for its instructors.</summary>
    public Task<List<RecordedCall>> OfAnswerAsync(string course, Guid answer, CancellationToken cancellationToken) => QueryAsync(
        $"{FromCalls} JOIN turn_record r ON r.answer_id = m.id WHERE r.course = $1 AND m.id = $2", [Parameter.Text(course), Parameter.Id(answer)], cancellationToken);

    private async Task<List<RecordedCall>> QueryAsync(string from, NpgsqlParameter[] parameters, CancellationToken cancellationToken, string order = "t.step, t.position")
    {
        await using var command = database.CreateCommand($"SELECT {OfCall} {from} ORDER BY {order}");
        command.Parameters.AddRange(parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<RecordedCall> calls = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            var result = Columns.ReadText(rows, 7);
            calls.Add(new RecordedCall(
                rows.GetGuid(0), rows.GetGuid(1), rows.GetInt32(2), Columns.ReadText(rows, 3), rows.GetString(4), JsonElement.Parse(rows.GetString(5)), rows.GetString(6),
                result, !rows.IsDBNull(8) && rows.GetInt32(8) > (result?.Length ?? 0), rows.GetFieldValue<DateTimeOffset>(9),
                rows.IsDBNull(10) ? null : rows.GetFieldValue<DateTimeOffset>(10), Columns.ReadCount(rows, 11)));
        }

        return calls;
    }

    private static NpgsqlParameter Number(int value) => new() { NpgsqlDbType = NpgsqlDbType.Integer, Value = value };
}
