using System.Text.Json;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Storage;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>
/// Begins turns. The question and an empty, queued answer are committed in one go before the model is asked; PostgreSQL's unique
/// index lets one answer run per conversation, on whichever replica. The answer carries a lease that its writer keeps alive.
/// A commit here does not wait for the disk: <see cref="KeptTurns"/> does, while the turn goes on, and nobody is told of it before.
/// </summary>
internal sealed class TurnStore(NpgsqlDataSource database, TurnGroundsReader grounds, IOptions<ConversationsOptions> options, TimeProvider time)
{
    private const int MaxTitle = 80;

    private const string FailExpired = """
        UPDATE message SET status = 'failed', failure = CASE WHEN waiting_until IS NULL THEN $2 ELSE $3 END, lease_until = NULL, waiting_until = NULL
        WHERE conversation_id = $1 AND (lease_until < now() OR waiting_until < now())
        """;

    private const string InsertAnswer = """
        INSERT INTO message (id, conversation_id, question_id, sender, content, status, created_at, lease_until)
        SELECT $1, c.id, $4, 'assistant', '', 'queued', $5, now() + $6 FROM conversation c WHERE c.id = $2 AND c.subject = $3
        """;

    public async Task<Claim> StartAsync(CallerIdentity caller, string question, AskedContext asked, RequestKey? key, CancellationToken cancellationToken)
    {
        var context = asked.Told;
        var turn = New(caller, Guid.CreateVersion7(time.GetUtcNow()), question, context) with { IsFirst = true, NotebookPath = context.NotebookPath };
        await using var batch = Begin(key, turn);
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            INSERT INTO conversation (id, subject, learner, course, title, notebook_path, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
            """)
        {
            Parameters =
            {
                Parameter.Id(turn.SessionId),
                Parameter.Text(caller.Subject),
                Parameter.Text(caller.Learner),
                Parameter.Text(caller.Course),
                Parameter.Text(Title(question)),
                Parameter.Text(context.NotebookPath),
                Parameter.Time(time.GetUtcNow()),
            },
        });
        batch.BatchCommands.Add(InsertQuestion(turn));
        batch.BatchCommands.Add(Answer(turn));
        grounds.Ask(batch, turn);
        try
        {
            await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
            // Behind how it is to commit.
            await rows.NextResultAsync(cancellationToken);
            return await WithGroundsAsync(turn, asked, rows, cancellationToken);
        }
        catch (PostgresException refused) when (Refused(refused) is { } refusal)
        {
            return refusal;
        }
    }

    public async Task<Claim> AskAsync(
        CallerIdentity caller, Guid conversation, string question, AskedContext asked, RequestKey? key, CancellationToken cancellationToken)
    {
        var context = asked.Told;
        if (await IsTakenAsync(caller, conversation, cancellationToken))
        {
            return Refusal.PersonAnswers;
        }

        var turn = New(caller, conversation, question, context);
        await using var batch = Begin(key, turn);
        batch.BatchCommands.Add(Expire(conversation));
        batch.BatchCommands.Add(InsertQuestion(turn));
        batch.BatchCommands.Add(Answer(turn));
        batch.BatchCommands.Add(new NpgsqlBatchCommand("""
            UPDATE conversation SET updated_at = $3, notebook_path = COALESCE($4, notebook_path)
            WHERE id = $1 AND subject = $2
            RETURNING notebook_path
            """)
        {
            Parameters = { Parameter.Id(conversation), Parameter.Text(caller.Subject), Parameter.Time(time.GetUtcNow()), Parameter.Text(context.NotebookPath) },
        });
        grounds.Ask(batch, turn);
        try
        {
            await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
            // Behind how it is to commit.
            await rows.NextResultAsync(cancellationToken);
            if (!await rows.ReadAsync(cancellationToken))
            {
                return Refusal.NoSuchConversation;
            }

            turn = turn with { NotebookPath = Columns.ReadText(rows, 0) };
            await rows.NextResultAsync(cancellationToken);
            return await WithGroundsAsync(turn, asked, rows, cancellationToken);
        }
        catch (PostgresException refused) when (Refused(refused) is { } refusal)
        {
            return refusal;
        }
    }

    /// <summary>Begins another try at the last question, if its last answer failed or was cancelled.</summary>
    public async Task<Claim> RetryAsync(CallerIdentity caller, Guid conversation, RequestKey? key, CancellationToken cancellationToken)
    {
        if (await IsTakenAsync(caller, conversation, cancellationToken))
        {
            return Refusal.PersonAnswers;
        }

        await using (var expire = database.CreateBatch())
        {
            expire.BatchCommands.Add(Expire(conversation));
            await expire.ExecuteNonQueryAsync(cancellationToken);
        }

        var (turn, refusal) = await LastQuestionAsync(caller, conversation, cancellationToken);
        if (turn is null)
        {
            return refusal;
        }

        await using var batch = Begin(key, turn);
        batch.BatchCommands.Add(Answer(turn));
        try
        {
            return await batch.ExecuteNonQueryAsync(cancellationToken) > 0 ? turn : Refusal.NoSuchConversation;
        }
        catch (PostgresException refused) when (Refused(refused) is { } reason)
        {
            return reason;
        }
    }

    private async Task<bool> IsTakenAsync(CallerIdentity caller, Guid conversation, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT EXISTS (SELECT 1 FROM help_request h JOIN conversation c ON c.id = h.conversation_id WHERE c.id = $1 AND c.subject = $2 AND h.status = 'taken')
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Text(caller.Subject)]);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private async Task<Claim> LastQuestionAsync(CallerIdentity caller, Guid conversation, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT q.id, q.content, q.context::text, c.notebook_path,
                   (SELECT a.status FROM message a WHERE a.question_id = q.id ORDER BY a.position DESC LIMIT 1)
            FROM message q JOIN conversation c ON c.id = q.conversation_id
            WHERE c.id = $1 AND c.subject = $2 AND q.sender = 'user'
            ORDER BY q.position DESC LIMIT 1
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Text(caller.Subject)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        if (!await rows.ReadAsync(cancellationToken))
        {
            return Refusal.NoSuchConversation;
        }

        // What was said to a person has no answer.
        return Columns.ReadText(rows, 4) switch
        {
            MessageStatus.Queued or MessageStatus.Running or MessageStatus.Waiting => Refusal.AnotherTurnRuns,
            MessageStatus.Done => Refusal.NothingToRetry,
            _ => New(caller, conversation, rows.GetString(1), StoredContext.Read(rows, 2)) with
            {
                QuestionId = rows.GetGuid(0),
                NotebookPath = Columns.ReadText(rows, 3),
                IsRetry = true,
            },
        };
    }

    private Turn New(CallerIdentity caller, Guid conversation, string question, TutorContext context) => new()
    {
        Caller = caller,
        SessionId = conversation,
        QuestionId = Guid.CreateVersion7(time.GetUtcNow()),
        AnswerId = Guid.CreateVersion7(time.GetUtcNow()),
        Question = question,
        Context = context,
    };

    /// <summary>What comes last of a batch; with its end the turn is committed.</summary>
    private async Task<Turn> WithGroundsAsync(Turn turn, AskedContext asked, NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        turn = turn with { Grounds = await grounds.ReadAsync(rows, turn, cancellationToken) with { Context = asked.Completed } };
        await rows.NextResultAsync(cancellationToken);
        return turn;
    }

    /// <summary>A transaction that, before anything else, claims the request's key.</summary>
    private NpgsqlBatch Begin(RequestKey? key, Turn turn)
    {
        var batch = database.CreateBatch();
        batch.BatchCommands.Add(Commits.WithoutWaiting());
        if (key is not null)
        {
            batch.BatchCommands.Add(RequestKeys.Claim(key, turn));
        }

        return batch;
    }

    private static NpgsqlBatchCommand Expire(Guid conversation) => new(FailExpired)
    {
        Parameters = { Parameter.Id(conversation), Parameter.Text(TurnFailure.Expired.Detail), Parameter.Text(TurnFailure.NotApproved.Detail) },
    };

    private NpgsqlBatchCommand InsertQuestion(Turn turn) => new("""
        INSERT INTO message (id, conversation_id, sender, content, status, created_at, context)
        SELECT $1, c.id, 'user', $4, 'done', $5, $6 FROM conversation c WHERE c.id = $2 AND c.subject = $3
        """)
    {
        Parameters =
        {
            Parameter.Id(turn.QuestionId),
            Parameter.Id(turn.SessionId),
            Parameter.Text(turn.Caller.Subject),
            Parameter.Text(turn.Question),
            Parameter.Time(time.GetUtcNow()),
            Parameter.Json(JsonSerializer.Serialize(turn.Context, TutorJson.Default.TutorContext)),
        },
    };

    private NpgsqlBatchCommand Answer(Turn turn) => new(InsertAnswer)
    {
        Parameters =
        {
            Parameter.Id(turn.AnswerId),
            Parameter.Id(turn.SessionId),
            Parameter.Text(turn.Caller.Subject),
            Parameter.Id(turn.QuestionId),
            Parameter.Time(time.GetUtcNow()),
            Parameter.Span(options.Value.TurnLease),
        },
    };

    private static Refusal? Refused(PostgresException refused) => refused switch
    {
        { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "one_turn_at_a_time" } => Refusal.AnotherTurnRuns,
        { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "request_key_pkey" } => Refusal.KeyUsed,
        // Deleted between our statements, or never there.
        { SqlState: PostgresErrorCodes.ForeignKeyViolation } => Refusal.NoSuchConversation,
        _ => null,
    };

    private static string Title(string question)
    {
        var line = NotebookText.Line(question.TrimStart().Split('\n', 2)[0]);
        return line.Length <= MaxTitle ? line : NotebookText.Start(line, MaxTitle - 1) + "…";
    }
}
