using System.Text.Json;
using Lyceum.ChatService.Tutor;
using Npgsql;

namespace Lyceum.ChatService.Turns;

internal static class StoredContext
{
    public static TutorContext Read(NpgsqlDataReader row, int column)
    {
        if (row.IsDBNull(column) || JsonSerializer.Deserialize(row.GetString(column), TutorJson.Default.TutorContext) is not { } context)
        {
            return TutorContext.None;
        }

        // What was stored before there were such pieces has none of them.
        return context with { CellsBefore = context.CellsBefore ?? [], CellsAfter = context.CellsAfter ?? [], CellsRan = context.CellsRan ?? [], Sources = context.Sources ?? [] };
    }
}
