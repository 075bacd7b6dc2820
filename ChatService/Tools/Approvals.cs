using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Storage;
using Lyceum.ChatService.Turns;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Tools;

/// <summary>What came of a user's decision on a call.</summary>
internal enum Decision
{
    NoSuchCall,
    DecidedBefore,
    Taken,
}

/// <summary>Takes users' decisions on calls. Whose decision is an answer's last begins to run it again, in one transaction with the decision.</summary>
internal sealed class Approvals(NpgsqlDataSource database, IOptions<ConversationsOptions> options, TimeProvider time)
{
    /// <summary>Decides on a call of the caller's conversation. Answers also the turn that this process is to go on with now, if it is.</summary>
    public async Task<(Decision Decision, Turn? Turn)> DecideAsync(CallerIdentity caller, Guid conversation, Guid call, bool approved, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // Held until the end: of two decisions at once, the second sees the first.
        var answer = await FindAsync(connection, caller, conversation, call, cancellationToken);
        if (answer is null)
        {
            return (Decision.NoSuchCall, null);
        }

        await using var decide = new NpgsqlCommand("""
            UPDATE tool_call t SET status = $2, decided_at = $3
            WHERE id = $1 AND status = 'waiting' AND EXISTS (SELECT 1 FROM message m WHERE m.id = t.answer_id AND m.status = 'waiting' AND m.waiting_until > now())
              AND NOT EXISTS (SELECT 1 FROM message m JOIN help_request h ON h.conversation_id = m.conversation_id WHERE m.id = t.answer_id AND h.status = 'taken')
            """, connection);
        decide.Parameters.AddRange((NpgsqlParameter[])
            [Parameter.Id(call), Parameter.Text(approved ? CallStatus.Approved : CallStatus.Denied), Parameter.Time(time.GetUtcNow())]);
        if (await decide.ExecuteNonQueryAsync(cancellationToken) == 0)
        {
            return (Decision.DecidedBefore, null);
        }

        var turn = await ClaimAsync(connection, caller, conversation, answer.Value, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (Decision.Taken, turn);
    }

    private static async Task<Guid?> FindAsync(NpgsqlConnection connection, CallerIdentity caller, Guid conversation, Guid call, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            SELECT m.id FROM tool_call t JOIN message m ON m.id = t.answer_id JOIN conversation c ON c.id = m.conversation_id
            WHERE t.id = $1 AND c.id = $2 AND c.subject = $3 AND c.course = $4
            FOR UPDATE OF m
            """, connection);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(call), Parameter.Id(conversation), Parameter.Text(caller.Subject), Parameter.Text(caller.Course)]);
        return await command.ExecuteScalarAsync(cancellationToken) as Guid?;
    }

    private async Task<Turn?> ClaimAsync(NpgsqlConnection connection, CallerIdentity caller, Guid conversation, Guid answer, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("""
            UPDATE message m SET status = 'running', waiting_until = NULL, lease_until = now() + $2
            FROM message q, conversation c
            WHERE m.id = $1 AND m.status = 'waiting' AND q.id = m.question_id AND c.id = m.conversation_id
              AND NOT EXISTS (SELECT 1 FROM tool_call t WHERE t.answer_id = m.id AND t.status = 'waiting')
            RETURNING q.id, q.content, q.context::text, c.notebook_path, m.content, m.model, m.input_tokens, m.output_tokens
            """, connection);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(answer), Parameter.Span(options.Value.TurnLease)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken)
            ? new Turn
            {
                Caller = caller,
                SessionId = conversation,
                QuestionId = rows.GetGuid(0),
                AnswerId = answer,
                Question = rows.GetString(1),
                Context = StoredContext.Read(rows, 2),
                NotebookPath = Columns.ReadText(rows, 3),
                IsRetry = true,
                Begun = new BegunAnswer(rows.GetString(4), Columns.ReadText(rows, 5), Columns.ReadCount(rows, 6), Columns.ReadCount(rows, 7)),
            }
            : null;
    }
}
