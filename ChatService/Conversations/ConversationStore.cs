using Lyceum.ChatService.Storage;
using Npgsql;

namespace Lyceum.ChatService.Conversations;

/// <summary>Conversations in PostgreSQL, each seen only by the subject that it belongs to.</summary>
internal sealed class ConversationStore(NpgsqlDataSource database)
{
    /// <summary>A page of the subject's conversations, the last changed first.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="notebookPath">Only those about this notebook; null for all.</param>
    /// <param name="words">Only those with this text in the title or in a message, in any case; null for all.</param>
    /// <param name="before">Only those that come after this one in the list; null for the first page.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<SessionList> ListAsync(
        string subject, string? notebookPath, string? words, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            SELECT {Columns.OfSession} FROM conversation c
            WHERE subject = $1
              AND ($2::text IS NULL OR notebook_path = $2)
              AND ($3::uuid IS NULL OR (updated_at, id) < (SELECT updated_at, id FROM conversation WHERE id = $3 AND subject = $1))
              AND ($5::text IS NULL OR title ILIKE $5
                   OR EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.id AND m.content ILIKE $5))
            ORDER BY updated_at DESC, id DESC
            LIMIT $4
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(subject), Parameter.Text(notebookPath), Parameter.Id(before), Parameter.Count(limit + 1), Parameter.Text(Containing(words))]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<ChatSession> sessions = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            sessions.Add(Columns.ReadSession(rows));
        }

        return sessions.Count <= limit ? new SessionList(sessions, null) : new SessionList(sessions[..limit], sessions[limit - 1].SessionId);
    }

    /// <summary>The newest messages of a conversation, oldest first; null when the subject has no such conversation.</summary>
    /// <param name="subject">Whose.</param>
    /// <param name="conversation">Which.</param>
    /// <param name="before">Only those before this message; null for the newest.</param>
    /// <param name="limit">At most so many.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<History?> HistoryAsync(string subject, Guid conversation, Guid? before, int limit, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new NpgsqlBatchCommand("SELECT 1 FROM conversation WHERE id = $1 AND subject = $2")
        {
            Parameters = { Parameter.Id(conversation), Parameter.Text(subject) },
        });
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"""
            SELECT {Columns.OfMessage} FROM message
            WHERE conversation_id = $1
              AND ($2::uuid IS NULL OR position < (SELECT position FROM message WHERE id = $2 AND conversation_id = $1))
            ORDER BY position DESC
            LIMIT $3
            """)
        {
            Parameters = { Parameter.Id(conversation), Parameter.Id(before), Parameter.Count(limit + 1) },
        });
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        if (!await rows.ReadAsync(cancellationToken))
        {
            return null;
        }

        await rows.NextResultAsync(cancellationToken);
        List<Message> messages = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            messages.Add(Columns.ReadMessage(rows));
        }

        var next = messages.Count <= limit ? null : (Guid?)messages[limit - 1].Id;
        messages = messages.Count <= limit ? messages : messages[..limit];
        messages.Reverse();
        return new History(conversation, messages, next);
    }

    /// <summary>The conversation; null when the subject has no such one.</summary>
    public async Task<ChatSession?> FindAsync(string subject, Guid conversation, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"SELECT {Columns.OfSession} FROM conversation WHERE id = $1 AND subject = $2");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Text(subject)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? Columns.ReadSession(rows) : null;
    }

    /// <summary>Renames a conversation, which does not move it in the list; null when the subject has no such one.</summary>
    public async Task<ChatSession?> RenameAsync(string subject, Guid conversation, string title, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"UPDATE conversation SET title = $3 WHERE id = $1 AND subject = $2 RETURNING {Columns.OfSession}");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Text(subject), Parameter.Text(title)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken) ? Columns.ReadSession(rows) : null;
    }

    /// <summary>Deletes a conversation and its messages; a turn of it that runs ends. False when the subject has no such conversation.</summary>
    public async Task<bool> DeleteAsync(string subject, Guid conversation, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM conversation WHERE id = $1 AND subject = $2");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Id(conversation), Parameter.Text(subject)]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static string? Containing(string? words) => string.IsNullOrWhiteSpace(words)
        ? null
        : $"%{words.Trim().Replace("\\", "\\\\", StringComparison.Ordinal).Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal)}%";
}
