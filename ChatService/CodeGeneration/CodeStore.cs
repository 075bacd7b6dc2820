using Lyceum.ChatService.Storage;
using Lyceum.ChatService.Tutor;
using Npgsql;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>Sessions and their snippets in PostgreSQL, each seen only by the subject that it belongs to.</summary>
internal sealed class CodeStore(NpgsqlDataSource database, TimeProvider time)
{
    private const string OfSession = "id, title, language, created_at, updated_at";
    private const string OfSnippet = "version, code, prompt, feedback, model, created_at, tests, outcome, output, tested_at";
    private const int MaxTitle = 80;
    private const int MaxVersions = 1000;

    /// <summary>Begins a session named after its first prompt.</summary>
    public async Task<Guid> StartAsync(string subject, CodeLanguage language, string prompt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        var title = prompt.Trim().ReplaceLineEndings(" ");
        await ExecuteAsync(
            "INSERT INTO code_session (id, subject, title, language, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $5)",
            [Parameter.Id(id), Parameter.Text(subject), Parameter.Text(title.Length <= MaxTitle ? title : NotebookText.Start(title, MaxTitle - 1) + "…"), Parameter.Text(language.Name), Parameter.Time(now)],
            cancellationToken);
        return id;
    }

    /// <summary>Adds the next version and answers its number; null when the session is gone, or has its limit of them.</summary>
    public async Task<int?> AddAsync(string subject, Guid session, string code, string prompt, string? feedback, string model, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            WITH next AS (
                UPDATE code_session SET last_version = last_version + 1, updated_at = $7
                WHERE id = $1 AND subject = $2 AND last_version < {MaxVersions} RETURNING last_version)
            INSERT INTO snippet (session_id, version, code, prompt, feedback, model, created_at)
            SELECT $1, last_version, $3, $4, $5, $6, $7 FROM next RETURNING version
            """);
        command.Parameters.AddRange((NpgsqlParameter[])
        [
            Parameter.Id(session), Parameter.Text(subject), Parameter.Text(code), Parameter.Text(prompt), Parameter.Text(feedback), Parameter.Text(model), Parameter.Time(time.GetUtcNow()),
        ]);
        return await command.ExecuteScalarAsync(cancellationToken) as int?;
    }

    public Task<List<CodeSession>> ListAsync(string subject, Guid? before, int limit, CancellationToken cancellationToken) => QueryAsync(
        $"""
        SELECT {OfSession} FROM code_session
        WHERE subject = $1 AND ($2::uuid IS NULL OR (updated_at, id) < (SELECT updated_at, id FROM code_session WHERE id = $2 AND subject = $1))
        ORDER BY updated_at DESC, id DESC LIMIT $3
        """,
        [Parameter.Text(subject), Parameter.Id(before), Parameter.Count(limit)],
        ReadSession,
        cancellationToken);

    public async Task<CodeSession?> FindAsync(string subject, Guid session, CancellationToken cancellationToken) => (await QueryAsync(
        $"SELECT {OfSession} FROM code_session WHERE id = $1 AND subject = $2", [Parameter.Id(session), Parameter.Text(subject)], ReadSession, cancellationToken)).SingleOrDefault();

    /// <summary>The versions of a session, or the one of that number.</summary>
    public Task<List<Snippet>> SnippetsAsync(string subject, Guid session, int? version, CancellationToken cancellationToken) => QueryAsync(
        $"""
        SELECT {OfSnippet} FROM snippet
        WHERE session_id = $1 AND ($3::bigint IS NULL OR version = $3) AND EXISTS (SELECT 1 FROM code_session WHERE id = $1 AND subject = $2)
        ORDER BY version
        """,
        [Parameter.Id(session), Parameter.Text(subject), Parameter.Count(version)],
        ReadSnippet,
        cancellationToken);

    public Task RecordAsync(Guid session, string tests, SnippetRun run, CancellationToken cancellationToken) => ExecuteAsync(
        "UPDATE snippet SET tests = $3, outcome = $4, output = $5, tested_at = $6 WHERE session_id = $1 AND version = $2",
        [Parameter.Id(session), Parameter.Count(run.Version), Parameter.Text(tests), Parameter.Text(run.Outcome), Parameter.Text(run.Output), Parameter.Time(time.GetUtcNow())],
        cancellationToken);

    public async Task<bool> RenameAsync(string subject, Guid session, string title, CancellationToken cancellationToken) => await ExecuteAsync(
        "UPDATE code_session SET title = $3 WHERE id = $1 AND subject = $2", [Parameter.Id(session), Parameter.Text(subject), Parameter.Text(title)], cancellationToken) == 1;

    public async Task<bool> DeleteAsync(string subject, Guid session, CancellationToken cancellationToken) => await ExecuteAsync(
        "DELETE FROM code_session WHERE id = $1 AND subject = $2", [Parameter.Id(session), Parameter.Text(subject)], cancellationToken) == 1;

    public async Task<bool> DeleteAsync(string subject, Guid session, int version, CancellationToken cancellationToken) => await ExecuteAsync(
        "DELETE FROM snippet WHERE session_id = $1 AND version = $3 AND EXISTS (SELECT 1 FROM code_session WHERE id = $1 AND subject = $2)",
        [Parameter.Id(session), Parameter.Text(subject), Parameter.Count(version)],
        cancellationToken) == 1;

    private static CodeSession ReadSession(NpgsqlDataReader row) => new(
        row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetFieldValue<DateTimeOffset>(3), row.GetFieldValue<DateTimeOffset>(4));

    private static Snippet ReadSnippet(NpgsqlDataReader row) => new(
        row.GetInt32(0), row.GetString(1), row.GetString(2), Columns.ReadText(row, 3), row.GetString(4), row.GetFieldValue<DateTimeOffset>(5),
        Columns.ReadText(row, 6), Columns.ReadText(row, 7), Columns.ReadText(row, 8), row.IsDBNull(9) ? null : row.GetFieldValue<DateTimeOffset>(9));

    private async Task<int> ExecuteAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<List<T>> QueryAsync<T>(string sql, NpgsqlParameter[] parameters, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        command.Parameters.AddRange(parameters);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<T> found = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            found.Add(read(rows));
        }

        return found;
    }
}
