using System.Text.Json;
using Lyceum.ChatService.Storage;
using Lyceum.ServiceDefaults.Identity;
using Npgsql;

namespace Lyceum.ChatService.Prompts;

/// <summary>Courses' own prompts in PostgreSQL. A version is never changed: its name is what it says.</summary>
internal sealed class PromptStore(NpgsqlDataSource database, TimeProvider time)
{
    public const int MaxVersions = 500;

    public Task<List<PromptVersion>> ListAsync(string course, CancellationToken cancellationToken) => ReadAsync(course, null, cancellationToken);

    public async Task<PromptVersion?> FindAsync(string course, string version, CancellationToken cancellationToken) =>
        (await ReadAsync(course, version, cancellationToken)).SingleOrDefault();

    /// <summary>The texts of the prompts that the course uses in place of the built-in ones.</summary>
    public async Task<List<string>> InUseAsync(string course, CancellationToken cancellationToken)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(InUse(course));
        await using var rows = await batch.ExecuteReaderAsync(cancellationToken);
        return await ReadInUseAsync(rows, cancellationToken);
    }

    /// <summary>Asks for the same, as a part of what is read in one go.</summary>
    public static NpgsqlBatchCommand InUse(string course) =>
        new("SELECT p.body FROM prompt_in_use u JOIN prompt_version p ON p.course = u.course AND p.version = u.version WHERE u.course = $1") { Parameters = { Parameter.Text(course) } };

    public static async Task<List<string>> ReadInUseAsync(NpgsqlDataReader rows, CancellationToken cancellationToken)
    {
        List<string> texts = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            texts.Add(rows.GetString(0));
        }

        return texts;
    }

    /// <summary>Stores a draft, unless the course has it already. False when the course has too many.</summary>
    public Task<bool> AddAsync(CallerIdentity author, string course, string version, string name, string text, CancellationToken cancellationToken) => ChangeAsync(
        $"""
        WITH added AS (
            INSERT INTO prompt_version (course, version, name, body, status, author, author_name, created_at)
            SELECT $1, $2, $3, $4, 'draft', $5, $6, $7 WHERE (SELECT count(*) FROM prompt_version WHERE course = $1) < {MaxVersions}
            ON CONFLICT (course, version) DO NOTHING RETURNING 1)
        SELECT 1 FROM added UNION ALL SELECT 1 FROM prompt_version WHERE course = $1 AND version = $2
        """,
        [Parameter.Text(course), Parameter.Text(version), Parameter.Text(name), Parameter.Text(text), Parameter.Text(author.Subject), Parameter.Text(author.Name), Parameter.Time(time.GetUtcNow())],
        cancellationToken);

    public Task<bool> DeleteDraftAsync(string course, string version, CancellationToken cancellationToken) => ChangeAsync(
        "DELETE FROM prompt_version WHERE course = $1 AND version = $2 AND status = 'draft' RETURNING 1", [Parameter.Text(course), Parameter.Text(version)], cancellationToken);

    public Task<bool> SetReportAsync(string course, string version, PromptReport report, CancellationToken cancellationToken) => ChangeAsync(
        "UPDATE prompt_version SET report = $3 WHERE course = $1 AND version = $2 RETURNING 1",
        [Parameter.Text(course), Parameter.Text(version), Parameter.Json(JsonSerializer.Serialize(report, ChatJson.Default.PromptReport))],
        cancellationToken);

    public Task<bool> PublishAsync(string course, string version, CancellationToken cancellationToken) => ChangeAsync(
        "UPDATE prompt_version SET status = 'published', published_at = $3 WHERE course = $1 AND version = $2 AND status = 'draft' RETURNING 1",
        [Parameter.Text(course), Parameter.Text(version), Parameter.Time(time.GetUtcNow())],
        cancellationToken);

    /// <summary>Uses a published version from now on, or the built-in one for null.</summary>
    public Task<bool> UseAsync(string course, string name, string? version, CancellationToken cancellationToken) => version is null
        ? ChangeAsync("DELETE FROM prompt_in_use WHERE course = $1 AND name = $2 RETURNING 1", [Parameter.Text(course), Parameter.Text(name)], cancellationToken)
        : ChangeAsync(
            """
            INSERT INTO prompt_in_use (course, name, version)
            SELECT course, name, version FROM prompt_version WHERE course = $1 AND name = $2 AND version = $3 AND status = 'published'
            ON CONFLICT (course, name) DO UPDATE SET version = $3 RETURNING 1
            """,
            [Parameter.Text(course), Parameter.Text(name), Parameter.Text(version)],
            cancellationToken);

    private async Task<bool> ChangeAsync(string sql, NpgsqlParameter[] parameters, CancellationToken cancellationToken)
    {
#pragma warning disable CA2100 // The statements are constants of this class.
        await using var command = database.CreateCommand(sql);
#pragma warning restore CA2100
        command.Parameters.AddRange(parameters);
        return await command.ExecuteScalarAsync(cancellationToken) is not null;
    }

    private async Task<List<PromptVersion>> ReadAsync(string course, string? version, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT p.version, p.name, p.status, u.version IS NOT NULL, CASE WHEN $2::text IS NULL THEN NULL ELSE p.body END, p.author_name, p.created_at, p.published_at,
                   CASE WHEN $2::text IS NULL THEN NULL ELSE p.report::text END
            FROM prompt_version p LEFT JOIN prompt_in_use u ON u.course = p.course AND u.version = p.version
            WHERE p.course = $1 AND ($2::text IS NULL OR p.version = $2)
            ORDER BY p.created_at DESC, p.version
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(course), Parameter.Text(version)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<PromptVersion> versions = [];
        while (await rows.ReadAsync(cancellationToken))
        {
            versions.Add(new PromptVersion(
                rows.GetString(0),
                rows.GetString(1),
                rows.GetString(2),
                rows.GetBoolean(3),
                Columns.ReadText(rows, 4),
                rows.GetString(5),
                rows.GetFieldValue<DateTimeOffset>(6),
                rows.IsDBNull(7) ? null : rows.GetFieldValue<DateTimeOffset>(7),
                Columns.ReadText(rows, 8) is { } report ? JsonSerializer.Deserialize(report, ChatJson.Default.PromptReport) : null));
        }

        return versions;
    }
}
