using System.Text.Json;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Experiments;
using Lyceum.ChatService.Records;
using Lyceum.ChatService.Storage;
using Lyceum.ChatService.Tools;
using Lyceum.ChatService.Tutor;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>Stores answers while they grow and when they end. What a writer stores is void once it has lost the answer's lease.</summary>
internal sealed class AnswerStore(
    NpgsqlDataSource database, ExposureStore exposures, IOptions<ConversationsOptions> options, IOptions<ToolsOptions> tools, TimeProvider time)
{
    /// <summary>A database that takes longer must not hold up the stream to the student; the next save makes up for it.</summary>
    private const int SaveTimeoutSeconds = 2;

    /// <summary>The newest messages before a question are looked at; what is older is only counted.</summary>
    private const int MaxEarlier = 200;

    /// <summary>Stores what is known of a question and what the model is asked; done once it is on the disk.</summary>
    /// <exception cref="TurnEndedException">The turn is not there any more.</exception>
    public async Task SetPlanAsync(Turn turn, QuestionFacts question, TurnRecord record, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE message SET context = $2, error_key = $3, question_class = $4, objective = $5 WHERE id = $1")
        {
            Parameters =
            {
                Parameter.Id(turn.QuestionId),
                Parameter.Json(JsonSerializer.Serialize(question.Context, TutorJson.Default.TutorContext)),
                Parameter.Text(question.ErrorKey),
                Parameter.Text(question.IsCommand ? null : question.Study.Sorted.Class),
                Parameter.Text(question.Study.Objective?.Text),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("UPDATE message SET sources = $2, hint_level = $3, prompt = $4 WHERE id = $1")
        {
            Parameters =
            {
                Parameter.Id(turn.AnswerId),
                Parameter.Json(JsonSerializer.Serialize(record.Sources, ChatJson.Default.IReadOnlyListSource)),
                Parameter.Count(record.HintLevel),
                Parameter.Text(record.Prompts[0]),
            },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            INSERT INTO turn_record (answer_id, course, learner, record) SELECT id, $2, $3, $4 FROM message WHERE id = $1
            """)
        {
            Parameters =
            {
                Parameter.Id(turn.AnswerId),
                Parameter.Text(turn.Caller.Course),
                Parameter.Text(turn.Caller.Learner),
                Parameter.Json(JsonSerializer.Serialize(record, ChatJson.Default.TurnRecord)),
            },
        });
        foreach (var exposure in record.Experiments ?? [])
        {
            batch.BatchCommands.Add(exposures.Count(exposure, turn.Caller.Learner));
        }

        if (await batch.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            throw new TurnEndedException(TurnFailure.Lost);
        }
    }

    /// <summary>The newest messages before a question: questions, and of each its answer, unless that failed.</summary>
    public async Task<EarlierMessages> EarlierAsync(Guid conversation, Guid question, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT m.sender, m.content, m.context::text, count(*) OVER (), m.position FROM message m
            WHERE m.conversation_id = $1
              AND m.position < (SELECT position FROM message WHERE id = $2)
              AND (m.sender = 'user' OR m.status = 'done'
                   OR (m.status = 'cancelled' AND m.content <> ''
                       AND NOT EXISTS (SELECT 1 FROM message later WHERE later.question_id = m.question_id AND later.position > m.position AND later.status = 'done')))
            ORDER BY m.position DESC
            LIMIT $3
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Id(question), Parameter.Count(MaxEarlier)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<EarlierMessage> messages = [];
        var total = 0;
        while (await rows.ReadAsync(cancellationToken))
        {
            messages.Add(new EarlierMessage(rows.GetString(0) == Sender.User, rows.GetString(1), StoredContext.Read(rows, 2), rows.GetInt64(4)));
            total = (int)rows.GetInt64(3);
        }

        messages.Reverse();
        return new EarlierMessages(messages, total);
    }

    /// <summary>Stores the answer so far and renews its lease.</summary>
    public async Task<Saved> SaveAsync(Guid answer, string content, bool begun, CancellationToken cancellationToken)
    {
        await using var batch = WithoutWaiting(new NpgsqlBatchCommand("""
            UPDATE message SET content = $2, lease_until = now() + $3, status = CASE WHEN $4 THEN 'running' ELSE status END
            WHERE id = $1 AND lease_until IS NOT NULL
            RETURNING cancel_requested
            """)
        {
            Parameters = { Parameter.Id(answer), Parameter.Text(content), Parameter.Span(options.Value.TurnLease), Parameter.Flag(begun) },
        });
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        return !await rows.ReadAsync(cancellationToken) ? Saved.LeaseLost : rows.GetBoolean(0) ? Saved.CancelRequested : Saved.Kept;
    }

    /// <summary>Renews the leases of answers, and nothing else; answers those that are still held, each with whether its student wants it stopped.</summary>
    public async Task<IReadOnlyDictionary<Guid, bool>> RenewAsync(Guid[] held, CancellationToken cancellationToken)
    {
        await using var batch = WithoutWaiting(new NpgsqlBatchCommand("UPDATE message SET lease_until = now() + $2 WHERE id = ANY ($1) AND lease_until IS NOT NULL RETURNING id, cancel_requested")
        {
            Parameters = { Parameter.Ids(held), Parameter.Span(options.Value.TurnLease) },
        });
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        await rows.NextResultAsync(cancellationToken);
        Dictionary<Guid, bool> kept = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            kept[rows.GetGuid(0)] = rows.GetBoolean(1);
        }

        return kept;
    }

    /// <summary>Asks for the end of the answer that is being written, and tells every replica; its id, or null when none is.</summary>
    public async Task<Guid?> RequestCancelAsync(string subject, Guid conversation, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            WITH stopped AS (
                UPDATE message m
                SET cancel_requested = true, status = CASE WHEN m.waiting_until IS NULL THEN m.status ELSE 'cancelled' END, waiting_until = NULL
                FROM conversation c
                WHERE c.id = $1 AND c.subject = $2 AND m.conversation_id = c.id AND (m.lease_until IS NOT NULL OR m.waiting_until IS NOT NULL)
                RETURNING m.id)
            SELECT id, pg_notify('{CancelListener.Channel}', id::text) FROM stopped
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Text(subject)]);
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    /// <summary>The newest try to answer in a conversation; null when the subject has no such conversation.</summary>
    public Task<FollowedTurn?> LastAsync(string subject, Guid conversation, CancellationToken cancellationToken) =>
        FindAsync(subject, conversation, (Guid?)null, cancellationToken);

    /// <summary>An answer of a conversation; null when the subject has no such conversation or it no such answer.</summary>
    public Task<FollowedTurn?> FindAsync(string subject, Guid conversation, Guid answer, CancellationToken cancellationToken) =>
        FindAsync(subject, conversation, (Guid?)answer, cancellationToken);

    /// <summary>An answer as it is stored; null when its conversation was deleted.</summary>
    public async Task<(Message Message, ChatSession Session)?> ReadAsync(FollowedTurn turn, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT {Columns.OfMessage} FROM message WHERE id = $1 AND conversation_id = $2")
        {
            Parameters = { Parameter.Id(turn.AnswerId), Parameter.Id(turn.SessionId) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT {Columns.OfSession} FROM conversation WHERE id = $1 AND subject = $2")
        {
            Parameters = { Parameter.Id(turn.SessionId), Parameter.Text(turn.Subject) },
        });
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await rows.ReadAsync(cancellationToken))
        {
            return null;
        }

        var message = Columns.ReadMessage(rows);
        await rows.NextResultAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? (message, Columns.ReadSession(rows)) : null;
    }

    /// <summary>Ends an answer; null when the lease was lost before. May be repeated when its success is unknown.</summary>
    public async Task<(Message Message, ChatSession Session)?> FinishAsync(
        Turn turn, string shown, Answer answer, string status, string? failure, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            UPDATE message
            SET content = $2, status = $3, model = $4, input_tokens = $5, output_tokens = $6, failure = $7, lease_until = NULL,
                waiting_until = CASE WHEN $3 = 'waiting' THEN now() + $8 END
            WHERE id = $1 AND status IN ('queued', 'running', $3)
            RETURNING {Columns.OfMessage}
            """)
        {
            Parameters =
            {
                Parameter.Id(turn.AnswerId),
                Parameter.Text(shown),
                Parameter.Text(status),
                Parameter.Text(answer.Model),
                Parameter.Count(answer.InputTokens),
                Parameter.Count(answer.OutputTokens),
                Parameter.Text(failure),
                Parameter.Span(tools.Value.ApprovalLifetime),
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
            UPDATE message SET status = 'failed', failure = CASE WHEN waiting_until IS NULL THEN $1 ELSE $2 END, lease_until = NULL, waiting_until = NULL
            WHERE lease_until < now() OR waiting_until < now()
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(TurnFailure.Expired.Detail), Parameter.Text(TurnFailure.NotApproved.Detail)]);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What is stored on the way is stored again in a moment: its commit need not wait for the disk.</summary>
    private NpgsqlBatch WithoutWaiting(NpgsqlBatchCommand update)
    {
        var batch = database.CreateBatch();
        batch.Timeout = SaveTimeoutSeconds;
        batch.BatchCommands.Add(Commits.WithoutWaiting());
        batch.BatchCommands.Add(update);
        return batch;
    }

    private async Task<FollowedTurn?> FindAsync(string subject, Guid conversation, Guid? answer, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT m.question_id, m.id FROM message m JOIN conversation c ON c.id = m.conversation_id
            WHERE c.id = $1 AND c.subject = $2 AND m.question_id IS NOT NULL AND ($3::uuid IS NULL OR m.id = $3)
            ORDER BY m.position DESC LIMIT 1
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Text(subject), Parameter.Id(answer)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? new FollowedTurn(subject, conversation, rows.GetGuid(0), rows.GetGuid(1)) : null;
    }
}

/// <summary>What came of storing an answer that grows.</summary>
internal enum Saved
{
    Kept,

    /// <summary>Its student wants it stopped.</summary>
    CancelRequested,

    /// <summary>It counts as failed, or was deleted: the turn must end.</summary>
    LeaseLost,
}
