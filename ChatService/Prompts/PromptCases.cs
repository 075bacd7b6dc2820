using System.Reflection;
using System.Text.Json;
using Lyceum.ChatService.Storage;
using Npgsql;

namespace Lyceum.ChatService.Prompts;

/// <summary>The regression cases that every prompt has to pass, and those that a course added.</summary>
internal sealed class PromptCases(NpgsqlDataSource database)
{
    public const int MaxCases = 100;

    public static IReadOnlyList<PromptCase> BuiltIn { get; } = Load();

    /// <summary>All cases of a course.</summary>
    public async Task<List<PromptCase>> ListAsync(string course, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("SELECT body::text FROM prompt_case WHERE course = $1 ORDER BY id");
        command.Parameters.Add(Parameter.Text(course));
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        List<PromptCase> cases = [.. BuiltIn];
        while (await rows.ReadAsync(cancellationToken))
        {
            cases.Add(JsonSerializer.Deserialize(rows.GetString(0), ChatJson.Default.PromptCase)!);
        }

        return cases;
    }

    /// <summary>Stores a case of the course; false when it has too many.</summary>
    public async Task<bool> SetAsync(string course, PromptCase one, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand($"""
            INSERT INTO prompt_case (course, id, body)
            SELECT $1, $2, $3 WHERE (SELECT count(*) FROM prompt_case WHERE course = $1 AND id <> $2) < {MaxCases}
            ON CONFLICT (course, id) DO UPDATE SET body = $3
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(course), Parameter.Text(one.Id), Parameter.Json(JsonSerializer.Serialize(one, ChatJson.Default.PromptCase))]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    public async Task<bool> DeleteAsync(string course, string id, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM prompt_case WHERE course = $1 AND id = $2");
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(course), Parameter.Text(id)]);
        return await command.ExecuteNonQueryAsync(cancellationToken) == 1;
    }

    private static IReadOnlyList<PromptCase> Load()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("prompts/cases") ?? throw new InvalidOperationException("There are no regression cases.");
        return JsonSerializer.Deserialize(stream, ChatJson.Default.IReadOnlyListPromptCase)!;
    }
}
