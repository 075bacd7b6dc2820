using System.Text.Json;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Storage;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>Stores answers while they grow and when they end. What a writer stores is void once it has lost the answer's lease.</summary>
internal sealed class AnswerStore(NpgsqlDataSource database, IOptions<ConversationsOptions> options, TimeProvider time)
{
    /// <summary>A database that takes longer must not hold up the stream to the student; the next save makes up for it.</summary>
    private const int SaveTimeoutSeconds = 2;

    /// <summary>Stores what the model is shown beside a question.</summary>
    public async Task SetContextAsync(Guid question, TutorContext context, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE message SET context = $2 WHERE id = $1");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(question), Parameter.Json(JsonSerializer.Serialize(context, TutorJson.Default.TutorContext))]);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>The newest messages before a question, oldest first: questions, and of each its answer, unless that failed.</summary>
    public async Task<List<EarlierMessage>> EarlierAsync(Guid conversation, Guid question, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT m.sender, m.content, m.context::text FROM message m
            WHERE m.conversation_id = $1
              AND m.position < (SELECT position FROM message WHERE id = $2)
              AND (m.sender = 'user' OR m.status = 'done'
                   OR (m.status = 'cancelled' AND m.content <> ''
                       AND NOT EXISTS (SELECT 1 FROM message later WHERE later.question_id = m.question_id AND later.position > m.position AND later.status = 'done')))
            ORDER BY m.position DESC
            LIMIT $3
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Id(question), Parameter.Count(limit)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<EarlierMessage> messages = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            messages.Add(new EarlierMessage(rows.GetString(0) == Sender.User, rows.GetString(1), StoredContext.Read(rows, 2)));
        }

        messages.Reverse();
        return messages;
    }

    /// <summary>Stores the answer so far and renews its lease. False when the lease is lost: the turn must end.</summary>
    public async Task<bool> SaveAsync(Guid answer, string content, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("UPDATE message SET content = $2, lease_until = now() + $3 WHERE id = $1 AND status = 'running'");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(answer), Parameter.Text(content), Parameter.Span(options.Value.TurnLease)]);
        command.CommandTimeout = SaveTimeoutSeconds;
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    /// <summary>Ends an answer; null when the lease was lost before. May be repeated when its success is unknown.</summary>
    public async Task<(Message Message, ChatSession Session)?> FinishAsync(Turn turn, Answer answer, string status, string? failure, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            UPDATE message
            SET content = $2, status = $3, model = $4, input_tokens = $5, output_tokens = $6, failure = $7, lease_until = NULL
            WHERE id = $1 AND status IN ('running', $3)
            RETURNING {Columns.OfMessage}
            """)
        {
            Parameters =
            {
                Parameter.Id(turn.AnswerId),
                Parameter.Text(answer.Text),
                Parameter.Text(status),
                Parameter.Text(answer.Model),
                Parameter.Count(answer.InputTokens),
                Parameter.Count(answer.OutputTokens),
                Parameter.Text(failure),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"UPDATE conversation SET updated_at = $2 WHERE id = $1 RETURNING {Columns.OfSession}")
        {
            Parameters = { Parameter.Id(turn.SessionId), Parameter.Time(time.GetUtcNow()) },
        });
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await rows.ReadAsync(cancellationToken))
        {
            return null;
        }

        var message = Columns.ReadMessage(rows);
        await rows.NextResultAsync(cancellationToken);
        await rows.ReadAsync(cancellationToken);
        return (message, Columns.ReadSession(rows));
    }

    /// <summary>Marks the answers whose writer is gone as failed; answers how many there were.</summary>
    public async Task<int> FailExpiredAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            UPDATE message SET status = 'failed', failure = $1, lease_until = NULL
            WHERE status = 'running' AND lease_until < now()
            """);
        command.Parameters.Add(Parameter.Text(TurnFailure.Expired.Detail));
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
