using System.Security.Cryptography;
using System.Text;
using Dapper;
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

    private readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = 10_000 });
    private readonly byte[] ownerHash = Hash(options.Value.OwnerToken);

    private Account Owner => new(OwnerId, "Owner", options.Value.Course, [Roles.Owner, Roles.Instructor, Roles.Student], pseudonyms.Of(OwnerId), null);

    public async Task<Account?> FindByTokenAsync(string token, CancellationToken cancellationToken)
    {
        var hash = Hash(token);
        return CryptographicOperations.FixedTimeEquals(hash, ownerHash)
            ? Owner
            : await CachedAsync(Convert.ToHexString(hash), "token_hash = @hash", new { hash }, cancellationToken);
    }

    public async Task<Account?> FindByIdAsync(string id, CancellationToken cancellationToken) =>
        id == OwnerId ? Owner
        : Guid.TryParse(id, out var guid) ? await CachedAsync(id, "id = @guid", new { guid }, cancellationToken)
        : null;

    public async Task<IReadOnlyList<Account>> ListAsync(string course, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM accounts WHERE course = @course ORDER BY name, id LIMIT 10000", new { course }, cancellationToken: cancellationToken));
        return [Owner, .. rows.Select(ToAccount)];
    }

    /// <summary>Makes an account and its token; only the token's hash is kept.</summary>
    public async Task<(Account Account, string Token)> CreateAsync(string name, string course, string[] roles, CancellationToken cancellationToken)
    {
        var token = "lyc_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));
        var hash = Hash(token);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleAsync<Row>(new CommandDefinition(
            $"INSERT INTO accounts (id, name, course, roles, token_hash) VALUES (@id, @name, @course, @roles, @hash) RETURNING {Columns}",
            new { id = Guid.CreateVersion7(), name, course, roles, hash }, cancellationToken: cancellationToken));
        return (ToAccount(row), token);
    }

    /// <summary>Deletes an account of the course, an instructor's only when asked to; false when there is none.</summary>
    public async Task<bool> DeleteAsync(Guid id, string course, bool instructorsToo, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var deleted = await connection.ExecuteAsync(new CommandDefinition(
            $"DELETE FROM accounts WHERE id = @id AND course = @course AND (@instructorsToo OR NOT '{Roles.Instructor}' = ANY (roles))",
            new { id, course, instructorsToo }, cancellationToken: cancellationToken));
        cache.Clear();
        return deleted > 0;
    }

    public void Dispose() => cache.Dispose();

    private static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private async Task<Account?> CachedAsync(string key, string condition, object parameters, CancellationToken cancellationToken)
    {
        if (cache.TryGetValue<Account>(key, out var known))
        {
            return known;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"SELECT {Columns} FROM accounts WHERE {condition}", parameters, cancellationToken: cancellationToken));
        return row is null ? null : cache.Set(key, ToAccount(row), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = CacheTime });
    }

    private Account ToAccount(Row row) =>
        new(row.Id.ToString(), row.Name, row.Course, row.Roles, pseudonyms.Of(row.Id.ToString()), new DateTimeOffset(row.CreatedAt, TimeSpan.Zero));

    private sealed record Row(Guid Id, string Name, string Course, string[] Roles, DateTime CreatedAt);
}
