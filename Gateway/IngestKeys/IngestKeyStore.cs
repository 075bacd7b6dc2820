using System.Security.Cryptography;
using System.Text;
using Lyceum.Gateway.Accounts;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Caching.Memory;
using Npgsql;

namespace Lyceum.Gateway.IngestKeys;

/// <summary>
/// The ingest keys in <c>gatewaydb</c>. Look-ups are cached for a few seconds as accounts' are, so a revoked key is refused by
/// every replica at the latest after <see cref="AccountStore.CacheTime"/>.
/// </summary>
internal sealed class IngestKeyStore(NpgsqlDataSource database, Pseudonyms pseudonyms) : IDisposable
{
    /// <summary>What every key begins with, so that one is known from an account's token.</summary>
    public const string Prefix = "lyi_";

    /// <summary>How many keys a course may have.</summary>
    public const int MaxPerCourse = 100;

    private const string Columns = "id, name, course, learner_field, scopes, created_by, created_at";

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    /// <summary>The caller that a key stands for; null when there is no such key.</summary>
    public async Task<CallerIdentity?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var hash = Hash(token);
        var cached = Convert.ToHexString(hash);
        if (!_cache.TryGetValue<IngestKey>(cached, out var key))
        {
            key = (await ReadAsync($"SELECT {Columns} FROM ingest_keys WHERE key_hash = $1", [hash], cancellationToken)).SingleOrDefault();
            if (key is not null)
            {
                _cache.Set(cached, key, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = AccountStore.CacheTime });
            }
        }

        return key is null ? null : new CallerIdentity($"source:{key.Id}", key.Name, "", key.Course, RolesOf(key))
        {
            Source = new LearnerSource(key.LearnerField, pseudonyms.KeyOf(key.Course)),
        };
    }

    public Task<List<IngestKey>> ListAsync(string course, CancellationToken cancellationToken) =>
        ReadAsync($"SELECT {Columns} FROM ingest_keys WHERE course = $1 ORDER BY name, id", [course], cancellationToken);

    /// <summary>Makes a key of the course, of which only the hash is kept; null when the course has too many.</summary>
    public async Task<(IngestKey Key, string Token)?> CreateAsync(string name, string course, string learnerField, string[] scopes, string by, CancellationToken cancellationToken)
    {
        var token = Prefix + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        var created = await ReadAsync(
            $"""
            INSERT INTO ingest_keys (id, name, course, learner_field, scopes, created_by, key_hash)
            SELECT $1, $2, $3, $4, $5, $6, $7 WHERE (SELECT count(*) FROM ingest_keys WHERE course = $3) < {MaxPerCourse}
            RETURNING {Columns}
            """,
            [Guid.CreateVersion7(), name, course, learnerField, scopes, by, Hash(token)], cancellationToken);
        return created is [var key] ? (key, token) : null;
    }

    /// <summary>Revokes a key of the course; false when there is none.</summary>
    public async Task<bool> DeleteAsync(Guid id, string course, CancellationToken cancellationToken)
    {
        var deleted = await ReadAsync($"DELETE FROM ingest_keys WHERE id = $1 AND course = $2 RETURNING {Columns}", [id, course], cancellationToken);
        _cache.Clear();
        return deleted.Count > 0;
    }

    public void Dispose() => _cache.Dispose();

    private static string[] RolesOf(IngestKey key) =>
    [
        Roles.Source,
        .. key.Scopes.Contains(IngestScope.Events) ? (string[])[Roles.SendsEvents] : [],
        .. key.Scopes.Contains(IngestScope.Tutor) ? (string[])[Roles.AsksTutor] : [],
    ];

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private async Task<List<IngestKey>> ReadAsync(string sql, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        List<IngestKey> keys = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            keys.Add(new IngestKey(
                reader.GetGuid(0),
                reader.GetString(1),
                reader.GetString(2),
                reader.GetString(3),
                reader.GetFieldValue<string[]>(4),
                reader.GetString(5),
                reader.GetFieldValue<DateTimeOffset>(6)));
        }

        return keys;
    }
}
