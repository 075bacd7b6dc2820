using Npgsql;

namespace Lyceum.ChatService.Storage;

/// <summary>How transactions end.</summary>
internal static class Commits
{
    /// <summary>
    /// Within a batch: its commit does not wait for the disk (PostgreSQL's <c>synchronous_commit</c>). It is as whole and as visible as any, but a
    /// crash of the server within the next moments may lose it, with all that was committed after it.
    /// </summary>
    public static NpgsqlBatchCommand WithoutWaiting() => new("SELECT set_config('synchronous_commit', 'off', true)");
}
