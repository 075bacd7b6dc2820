using System.Security.Cryptography;
using System.Text;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.Gateway.Accounts;

/// <summary>
/// The accounts in <c>gatewaydb</c>, and the owner, who is configured. Look-ups are cached for a few seconds, so a deleted
/// account is signed out everywhere at the latest after <see cref="CacheTime"/>.
/// </summary>
internal sealed class AccountStore(NpgsqlDataSource database, Pseudonyms pseudonyms, IOptions<AccountsOptions> options) : IDisposable
{
    public static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(10);

    private const string OwnerId = "owner";
    private const string Columns = "id, name, course, roles, created_at";

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 10_000 });
    private readonly byte[] _ownerHash = Hash(options.Value.OwnerToken);

    private Account Owner => new(OwnerId, "Owner", options.Value.Course, [Roles.Owner, Roles.Instructor, Roles.Student], pseudonyms.Of(OwnerId), null);

    public async Task<Account?> FindByTokenAsync(string token, CancellationToken cancellationToken)
    {
        var hash = Hash(token);
        return CryptographicOperations.FixedTimeEquals(hash, _ownerHash)
            ? Owner
            : await CachedAsync(Convert.ToHexString(hash), $"SELECT {Columns} FROM accounts WHERE token_hash = $1", hash, cancellationToken);
    }

    public async Task<Account?> FindByIdAsync(string id, CancellationToken cancellationToken) =>
        id == OwnerId ? Owner
        : Guid.TryParse(id, out var guid) ? await CachedAsync(id, $"SELECT {Columns} FROM accounts WHERE id = $1", guid, cancellationToken)
        : null;

    public async Task<IReadOnlyList<Account>> ListAsync(string course, CancellationToken cancellationToken) =>
        [Owner, .. await ReadAsync($"SELECT {Columns} FROM accounts WHERE course = $1 ORDER BY name, id LIMIT 10000", [course], cancellationToken)];

    /// <summary>Makes an account and its token; only the token's hash is kept.</summary>
    public async Task<(Account Account, string Token)> CreateAsync(string name, string course, string[] roles, CancellationToken cancellationToken)
    {
        var token = "lyc_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        var created = await ReadAsync(
            $"INSERT INTO accounts (id, name, course, roles, token_hash) VALUES ($1, $2, $3, $4, $5) RETURNING {Columns}",
            [Guid.CreateVersion7(), name, course, roles, Hash(token)], cancellationToken);
        return (created[0], token);
    }

    /// <summary>Deletes an account of the course, an instructor's only when asked to; false when there is none.</summary>
    public async Task<bool> DeleteAsync(Guid id, string course, bool instructorsToo, CancellationToken cancellationToken)
    {
        var deleted = await ReadAsync(
            $"DELETE FROM accounts WHERE id = $1 AND course = $2 AND ($3 OR NOT '{Roles.Instructor}' = ANY (roles)) RETURNING {Columns}",
            [id, course, instructorsToo], cancellationToken);
        _cache.Clear();
        return deleted.Count > 0;
    }

    public void Dispose() => _cache.Dispose();

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private async Task<Account?> CachedAsync(string key, string sql, object parameter, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue<Account>(key, out var known))
        {
            return known;
        }

        var found = await ReadAsync(sql, [parameter], cancellationToken);
        return found.Count == 0 ? null : _cache.Set(key, found[0], new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = CacheTime });
    }

    private async Task<List<Account>> ReadAsync(string sql, object[] parameters, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(sql);
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        List<Account> accounts = [];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var id = reader.GetGuid(0).ToString();
            accounts.Add(new Account(
                id,
                reader.GetString(1),
                reader.GetString(2),
                reader.GetFieldValue<string[]>(3),
                pseudonyms.Of(id),
                reader.GetFieldValue<DateTimeOffset>(4)));
        }

        return accounts;
    }
}
