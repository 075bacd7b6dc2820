using System.Runtime.CompilerServices;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Storage;
using Npgsql;

namespace Lyceum.ChatService.Erasures;

/// <summary>Forgets a learner: conversations with all that hangs on them, code, proposed calls; and reads the same for the learner to have.</summary>
internal sealed class LearnerEraser(NpgsqlDataSource database)
{
    private const string OfLearner = "conversation WHERE subject = $1 OR learner = $2";

    /// <summary>Shown to instructors; holds assignments' solutions, which are not the learner's.</summary>
    private static readonly HashSet<string> Withheld = ["turn_record"];

    public async Task<SortedDictionary<string, long>> EraseAsync(string subject, string learner, CancellationToken cancellationToken)
    {
        SortedDictionary<string, long> removed = new(StringComparer.Ordinal);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // These go with their conversations.
        foreach (var table in (string[])["message", "help_request"])
        {
            PersonalData.Add(removed, table, await CountAsync(connection, table, subject, learner, cancellationToken));
        }

        await PersonalData.EraseAsync(connection, "learner", learner, removed, cancellationToken);
        await PersonalData.EraseAsync(connection, "subject", subject, removed, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return removed;
    }

    /// <summary>The caller's rows as JSON objects, and the messages of the caller's conversations.</summary>
    public async IAsyncEnumerable<(string Table, string Row)> ReadAsync(CallerIdentity caller, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await foreach (var row in PersonalData.ReadAsync(connection, "subject", caller.Subject, Withheld, cancellationToken))
        {
            yield return row;
        }

        HashSet<string> read = [.. Withheld, "conversation"];
        await foreach (var row in PersonalData.ReadAsync(connection, "learner", caller.Learner, read, cancellationToken))
        {
            yield return row;
        }

        await using var messages = Command(
            connection, $"SELECT (to_jsonb(message) - 'prompt' - 'sources')::text FROM message WHERE conversation_id IN (SELECT id FROM {OfLearner}) ORDER BY conversation_id, position", caller.Subject, caller.Learner);
        await using var rows = await messages.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            yield return ("message", rows.GetString(0));
        }
    }

    private static async Task<long> CountAsync(NpgsqlConnection connection, string table, string subject, string learner, CancellationToken cancellationToken)
    {
        await using var count = Command(connection, $"SELECT count(*) FROM {table} WHERE conversation_id IN (SELECT id FROM {OfLearner})", subject, learner);
        return (long)(await count.ExecuteScalarAsync(cancellationToken))!;
    }

    private static NpgsqlCommand Command(NpgsqlConnection connection, string sql, string subject, string learner)
    {
#pragma warning disable CA2100 // Constants of this class.
        return new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = subject }, new() { Value = learner } } };
#pragma warning restore CA2100
    }
}
