using System.Text.Json;
using Lyceum.ChatService.Tutor;
using Npgsql;

namespace Lyceum.ChatService.Turns;

internal static class StoredContext
{
    public static TutorContext Read(NpgsqlDataReader row, int column) => row.IsDBNull(column)
        ? TutorContext.None
        : JsonSerializer.Deserialize(row.GetString(column), TutorJson.Default.TutorContext) ?? TutorContext.None;
}
