using Npgsql;

namespace Lyceum.ChatService.Storage;

/// <summary>How this service's statements are sent.</summary>
internal static class Statements
{
    private const int MaxPrepared = 100;

    /// <summary>A turn sends the same dozen statements as the turn before: each connection has them prepared.</summary>
    public static void Prepare(NpgsqlDataSourceBuilder source) => source.ConnectionStringBuilder.MaxAutoPrepare = MaxPrepared;
}
