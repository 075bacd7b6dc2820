using System.Text.Json;
using Lyceum.ChatService.Conversations;
using Npgsql;

namespace Lyceum.ChatService.Storage;

/// <summary>The columns that make a <see cref="Message"/> or a <see cref="ChatSession"/>, and how to read them.</summary>
internal static class Columns
{
    public const string OfMessage = "id, conversation_id, sender, content, created_at, model, status, question_id, failure, prompt, input_tokens, output_tokens, hint_level, sources::text, author, feedback";
    public const string OfSession = "id, title, notebook_path, created_at, updated_at";

    public static Message ReadMessage(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetGuid(1),
        row.GetString(2),
        row.GetString(3),
        row.GetFieldValue<DateTimeOffset>(4),
        ReadText(row, 5),
        row.GetString(6),
        row.IsDBNull(7) ? null : row.GetGuid(7),
        ReadText(row, 8),
        ReadText(row, 9),
        ReadCount(row, 10),
        ReadCount(row, 11),
        row.IsDBNull(12) ? null : row.GetInt16(12),
        row.IsDBNull(13) ? null : JsonSerializer.Deserialize(row.GetString(13), ChatJson.Default.IReadOnlyListSource),
        ReadText(row, 14),
        ReadText(row, 15));

    public static ChatSession ReadSession(NpgsqlDataReader row) => new(
        row.GetGuid(0),
        row.GetString(1),
        ReadText(row, 2),
        row.GetFieldValue<DateTimeOffset>(3),
        row.GetFieldValue<DateTimeOffset>(4));

    public static string? ReadText(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? ReadCount(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);
}
