using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Npgsql;

namespace Lyceum.ChatService.People;

/// <summary>Requests for a person, and what is said while one has a conversation.</summary>
internal sealed class HelpStore(NpgsqlDataSource database, TimeProvider time)
{
    private const int MaxQueue = 500;

    private const string Select = """
        SELECT h.id, h.conversation_id, c.learner, c.title, c.notebook_path, h.note, h.status, h.asked_at, h.taken_name, c.updated_at
        FROM help_request h JOIN conversation c ON c.id = h.conversation_id
        """;

    /// <summary>Asks for a person; false when the subject has no such conversation. A request that is open stays as it is.</summary>
    public async Task<bool> AskAsync(CallerIdentity student, Guid conversation, string note, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        WITH mine AS (UPDATE conversation SET updated_at = $5 WHERE id = $2 AND subject = $3 RETURNING id, course),
             asked AS (INSERT INTO help_request (id, conversation_id, course, note, status, asked_at) SELECT $1, id, course, $4, 'waiting', $5 FROM mine
                       ON CONFLICT (conversation_id) WHERE status <> 'closed' DO NOTHING RETURNING id)
        SELECT count(*) FROM mine
        """,
        cancellationToken,
        Parameter.Id(Guid.CreateVersion7(time.GetUtcNow())),
        Parameter.Id(conversation),
        Parameter.Text(student.Subject),
        Parameter.Text(note),
        Parameter.Time(time.GetUtcNow())) > 0;

    /// <summary>The conversation's open request; null when there is none or the subject has no such conversation.</summary>
    public Task<HelpRequest?> OpenAsync(string subject, Guid conversation, CancellationToken cancellationToken) =>
        FirstAsync($"{Select} WHERE h.conversation_id = $1 AND c.subject = $2 AND h.status <> 'closed'", cancellationToken, Parameter.Id(conversation), Parameter.Text(subject));

    /// <summary>Withdraws a request; false when there is none that is open.</summary>
    public async Task<bool> WithdrawAsync(string subject, Guid conversation, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        WITH closed AS (UPDATE help_request h SET status = 'closed', closed_at = $3 FROM conversation c
                        WHERE h.conversation_id = $1 AND c.id = $1 AND c.subject = $2 AND h.status <> 'closed' RETURNING h.id)
        SELECT count(*) FROM closed
        """,
        cancellationToken,
        Parameter.Id(conversation),
        Parameter.Text(subject),
        Parameter.Time(time.GetUtcNow())) > 0;

    /// <summary>The open requests of a course, the longest waiting first.</summary>
    public Task<List<HelpRequest>> QueueAsync(string course, CancellationToken cancellationToken) =>
        ReadAsync($"{Select} WHERE h.course = $1 AND h.status <> 'closed' ORDER BY h.asked_at, h.id LIMIT {MaxQueue}", cancellationToken, Parameter.Text(course));

    public Task<HelpRequest?> FindAsync(string course, Guid id, CancellationToken cancellationToken) =>
        FirstAsync($"{Select} WHERE h.course = $1 AND h.id = $2", cancellationToken, Parameter.Text(course), Parameter.Id(id));

    /// <summary>Takes a conversation over; false when somebody else has it or it was closed.</summary>
    public async Task<bool> TakeAsync(CallerIdentity person, string course, Guid id, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        WITH taken AS (UPDATE help_request SET status = 'taken', taken_by = $3, taken_name = $4
                       WHERE course = $1 AND id = $2 AND (status = 'waiting' OR (status = 'taken' AND taken_by = $3)) RETURNING conversation_id),
             touched AS (UPDATE conversation SET updated_at = $5 WHERE id IN (SELECT conversation_id FROM taken))
        SELECT count(*) FROM taken
        """,
        cancellationToken,
        [.. Of(person, course, id), Parameter.Text(person.Name), Parameter.Time(time.GetUtcNow())]) > 0;

    /// <summary>Hands a conversation back to the tutor; false when the person does not have it.</summary>
    public async Task<bool> HandBackAsync(CallerIdentity person, string course, Guid id, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        WITH closed AS (UPDATE help_request SET status = 'closed', closed_at = $4
                        WHERE course = $1 AND id = $2 AND status = 'taken' AND taken_by = $3 RETURNING conversation_id),
             touched AS (UPDATE conversation SET updated_at = $4 WHERE id IN (SELECT conversation_id FROM closed))
        SELECT count(*) FROM closed
        """,
        cancellationToken,
        [.. Of(person, course, id), Parameter.Time(time.GetUtcNow())]) > 0;

    /// <summary>Stores what the person who has the conversation says; false when the person does not have it.</summary>
    public async Task<bool> SayAsync(CallerIdentity person, string course, Guid id, string text, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        WITH had AS (SELECT conversation_id FROM help_request WHERE course = $1 AND id = $2 AND status = 'taken' AND taken_by = $3),
             said AS (INSERT INTO message (id, conversation_id, sender, author, content, status, created_at)
                      SELECT $4, conversation_id, 'instructor', $5, $6, 'done', $7 FROM had),
             touched AS (UPDATE conversation SET updated_at = $7 WHERE id IN (SELECT conversation_id FROM had))
        SELECT count(*) FROM had
        """,
        cancellationToken,
        [.. Of(person, course, id), Parameter.Id(Guid.CreateVersion7(time.GetUtcNow())), Parameter.Text(person.Name), Parameter.Text(text), Parameter.Time(time.GetUtcNow())]) > 0;

    /// <summary>Stores what the student says to the person; false when no person has the conversation.</summary>
    public async Task<bool> SayToPersonAsync(string subject, Guid conversation, string text, CancellationToken cancellationToken) => await ExecuteAsync(
        """
        WITH had AS (SELECT c.id FROM help_request h JOIN conversation c ON c.id = h.conversation_id
                     WHERE c.id = $1 AND c.subject = $2 AND h.status = 'taken'),
             said AS (INSERT INTO message (id, conversation_id, sender, content, status, created_at) SELECT $3, id, 'user', $4, 'done', $5 FROM had),
             touched AS (UPDATE conversation SET updated_at = $5 WHERE id IN (SELECT id FROM had))
        SELECT count(*) FROM had
        """,
        cancellationToken,
        Parameter.Id(conversation),
        Parameter.Text(subject),
        Parameter.Id(Guid.CreateVersion7(time.GetUtcNow())),
        Parameter.Text(text),
        Parameter.Time(time.GetUtcNow())) > 0;

    /// <summary>The newest messages of a conversation that a person may read because its student asked for one.</summary>
    public async Task<List<Message>> MessagesAsync(Guid conversation, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT {Columns.OfMessage} FROM message WHERE conversation_id = $1 ORDER BY position DESC LIMIT $2");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Count(limit)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<Message> messages = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            messages.Add(Columns.ReadMessage(rows));
        }

        messages.Reverse();
        return messages;
    }

    private static NpgsqlParameter[] Of(CallerIdentity person, string course, Guid id) => [Parameter.Text(course), Parameter.Id(id), Parameter.Text(person.Subject)];

    private async Task<long> ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
#pragma warning disable CA2100 // The statements are constants of this class.
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    private async Task<HelpRequest?> FirstAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters) =>
        await ReadAsync(sql, cancellationToken, parameters) is [var first, ..] ? first : null;

    private async Task<List<HelpRequest>> ReadAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
#pragma warning disable CA2100 // The statements are constants of this class.
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<HelpRequest> requests = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            requests.Add(new HelpRequest(
                rows.GetGuid(0),
                rows.GetGuid(1),
                rows.GetString(2),
                rows.GetString(3),
                Columns.ReadText(rows, 4),
                rows.GetString(5),
                rows.GetString(6),
                rows.GetFieldValue<DateTimeOffset>(7),
                Columns.ReadText(rows, 8),
                rows.GetFieldValue<DateTimeOffset>(9)));
        }

        return requests;
    }
}
