using System.Text.Json;
using Lyceum.ChatService.Storage;
using Npgsql;

namespace Lyceum.ChatService.Records;

/// <summary>Records of turns, for the instructors of their course.</summary>
internal sealed class TurnRecordStore(NpgsqlDataSource database)
{
    /// <summary>Adds what was found of an answer that had to be checked.</summary>
    public async Task SetReviewAsync(Guid answer, AnswerReview review, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE turn_record SET record = jsonb_set(record, '{review}', $2) WHERE answer_id = $1");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(answer), Parameter.Json(JsonSerializer.Serialize(review, ChatJson.Default.AnswerReview))]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A turn of the course; null when it has no such one.</summary>
    public async Task<RecordedTurn?> FindAsync(string course, Guid answer, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT a.id, a.conversation_id, q.id, r.learner, q.content, a.content, a.status, a.created_at, r.record::text
            FROM turn_record r JOIN message a ON a.id = r.answer_id JOIN message q ON q.id = a.question_id
            WHERE r.course = $1 AND r.answer_id = $2
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(course), Parameter.Id(answer)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken)
            ? new RecordedTurn(
                rows.GetGuid(0),
                rows.GetGuid(1),
                rows.GetGuid(2),
                rows.GetString(3),
                rows.GetString(4),
                rows.GetString(5),
                rows.GetString(6),
                rows.GetFieldValue<DateTimeOffset>(7),
                JsonSerializer.Deserialize(rows.GetString(8), ChatJson.Default.TurnRecord)!)
            : null;
    }

    /// <summary>A page of the course's turns, newest first, of one student or of all.</summary>
    public async Task<TurnList> ListAsync(string course, string? learner, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT a.id, a.conversation_id, r.learner, c.notebook_path, left(q.content, 2000), q.question_class, a.hint_level, a.status, a.created_at, q.objective
            FROM turn_record r JOIN message a ON a.id = r.answer_id JOIN message q ON q.id = a.question_id JOIN conversation c ON c.id = a.conversation_id
            WHERE r.course = $1 AND ($2::text IS NULL OR r.learner = $2) AND ($3::uuid IS NULL OR r.answer_id < $3)
            ORDER BY r.answer_id DESC LIMIT $4
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(course), Parameter.Text(learner), Parameter.Id(before), Parameter.Count(limit + 1)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<TurnEntry> turns = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            turns.Add(new TurnEntry(
                rows.GetGuid(0),
                rows.GetGuid(1),
                rows.GetString(2),
                Columns.ReadText(rows, 3),
                rows.GetString(4),
                Columns.ReadText(rows, 5),
                rows.IsDBNull(6) ? null : rows.GetInt16(6),
                rows.GetString(7),
                rows.GetFieldValue<DateTimeOffset>(8),
                Columns.ReadText(rows, 9)));
        }

        return turns.Count <= limit ? new TurnList(turns, null) : new TurnList(turns[..limit], turns[limit - 1].AnswerId);
    }
}
