using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Lyceum.ChatService.Storage;
using Npgsql;

namespace Lyceum.ChatService.Turns;

/// <summary>
/// What a client called its request in the header <c>Idempotency-Key</c>, and a hash of what it asked for: a key that comes again
/// is answered by the turn that it began, unless it comes with another request.
/// </summary>
internal sealed record RequestKey(string Key, byte[] Fingerprint)
{
    public const string Header = "Idempotency-Key";
    private const int MaxLength = 200;

    /// <summary>The request's key; null when it has none.</summary>
    /// <exception cref="BadHttpRequestException">There are several, or it is not 1 to 200 visible ASCII characters.</exception>
    public static RequestKey? Read<T>(HttpRequest request, T body, JsonTypeInfo<T> type)
    {
        if (!request.Headers.TryGetValue(Header, out var values))
        {
            return null;
        }

        if (values is not [{ Length: > 0 and <= MaxLength } key] || key.Any(character => character is < '!' or > '~'))
        {
            throw new BadHttpRequestException($"The header {Header} must be 1 to {MaxLength} visible ASCII characters.");
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{request.Path.Value?.TrimEnd('/')}\n"));
        hash.AppendData(JsonSerializer.SerializeToUtf8Bytes(body, type));
        return new RequestKey(key, hash.GetHashAndReset());
    }

    public bool IsFor(byte[] fingerprint) => Fingerprint.AsSpan().SequenceEqual(fingerprint);
}

/// <summary>The keys that were used of late.</summary>
internal sealed class RequestKeys(NpgsqlDataSource database)
{
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(1);

    /// <summary>The turn that the key began and the fingerprint that it came with; null when it is new.</summary>
    public async Task<(FollowedTurn Turn, byte[] Fingerprint)?> FindAsync(string subject, string key, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("""
            SELECT m.conversation_id, m.question_id, m.id, k.fingerprint
            FROM request_key k JOIN message m ON m.id = k.answer_id
            WHERE k.subject = $1 AND k.key = $2
            """);
        command.Parameters.AddRange((NpgsqlParameter[])[Parameter.Text(subject), Parameter.Text(key)]);
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        return await rows.ReadAsync(cancellationToken)
            ? (new FollowedTurn(subject, rows.GetGuid(0), rows.GetGuid(1), rows.GetGuid(2)), rows.GetFieldValue<byte[]>(3))
            : null;
    }

    /// <summary>Claims the key for the turn, within the batch that begins it.</summary>
    public static NpgsqlBatchCommand Claim(RequestKey key, Turn turn) => new("INSERT INTO request_key (subject, key, fingerprint, answer_id) VALUES ($1, $2, $3, $4)")
    {
        Parameters = { Parameter.Text(turn.Caller.Subject), Parameter.Text(key.Key), Parameter.Bytes(key.Fingerprint), Parameter.Id(turn.AnswerId) },
    };

    public async Task ForgetOldAsync(CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand("DELETE FROM request_key WHERE created_at < now() - $1");
        command.Parameters.Add(Parameter.Span(KeptFor));
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
