using System.Security.Cryptography;
using System.Text;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.Gateway.Accounts;

/// <summary>
/// The accounts in <c>gatewaydb</c>, and the owner, who is configured. Look-ups are cached for a few seconds, so a deleted
/// account is signed out everywhere at the latest after <see cref="CacheTime"/>, and what it has open ends soon after.
/// </summary>
internal sealed class AccountStore(NpgsqlDataSource database, Pseudonyms pseudonyms, IOptions<AccountsOptions> options) : IDisposable
{
    public static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(10);

    private const string OwnerId = "owner";
    private const string Columns = "id, name, course, roles, created_at, token_hash, login";
    private const string MayChange = $"($2::text IS NULL OR course = $2 AND NOT '{Roles.Instructor}' = ANY (roles))";
    private const int CredentialBytes = 8;

    private readonly MemoryCache _cache = new(new MemoryCacheOptions { SizeLimit = 10_000 });
    private readonly byte[] _ownerHash = Hash(options.Value.OwnerToken);

    private Account Owner => new(OwnerId, "Owner", options.Value.Course, [Roles.Owner, Roles.Instructor, Roles.Student], pseudonyms.Of(OwnerId), null)
    {
        // Keyed, as nobody knows how well an operator has chosen the token.
        Credential = Convert.ToHexStringLower(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.Value.LearnerKey), _ownerHash).AsSpan(0, CredentialBytes)),
    };

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

    /// <summary>Which token each of the accounts has now; those that are gone are missing. Nothing of it comes from the cache.</summary>
    public async Task<IReadOnlyDictionary<string, string>> CredentialsAsync(IReadOnlyCollection<string> ids, CancellationToken cancellationToken)
    {
        Guid[] people = [.. ids.Where(id => id != OwnerId).Select(Guid.Parse)];
        var found = people.Length == 0 ? [] : await ReadAsync($"SELECT {Columns} FROM accounts WHERE id = ANY ($1)", [people], cancellationToken);
        return found.Append(Owner).ToDictionary(account => account.Id, account => account.Credential);
    }

    public async Task<IReadOnlyList<Account>> ListAsync(string course, CancellationToken cancellationToken) =>
        [Owner, .. await ReadAsync($"SELECT {Columns} FROM accounts WHERE course = $1 ORDER BY name, id LIMIT 10000", [course], cancellationToken)];

    /// <summary>
    /// Makes accounts and their tokens, of which only hashes are kept; all, or none and as many as there are before the first whose login
    /// somebody has already.
    /// </summary>
    public async Task<(List<(Account Account, string Token)> Created, bool AreAll)> CreateAsync(
        IEnumerable<PersonToAdd> people, CancellationToken cancellationToken)
    {
        List<(Account Account, string Token)> created = [];
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var (name, course, roles, login) in people)
        {
            var token = NewToken();
            await using var command = Command(
                $"INSERT INTO accounts (id, name, course, roles, token_hash, login) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (login) DO NOTHING RETURNING {Columns}",
                [Guid.CreateVersion7(), name, course, roles, Hash(token), OrNull(login)]);
            command.Connection = connection;
            if (await ReadAsync(command, cancellationToken) is not [var account])
            {
                return (created, false);
            }

            created.Add((account, token));
        }

        await transaction.CommitAsync(cancellationToken);
        return (created, true);
    }

    /// <summary>Gives a student of the course, or without a course anybody, a new token; null when there is no such account. Its sessions end.</summary>
    public async Task<(Account Account, string Token)?> RenewTokenAsync(Guid id, string? course, CancellationToken cancellationToken)
    {
        var token = NewToken();
        var renewed = await ReadAsync(
            $"UPDATE accounts SET token_hash = $3 WHERE id = $1 AND {MayChange} RETURNING {Columns}",
            [id, OrNull(course), Hash(token)], cancellationToken);
        _cache.Clear();
        return renewed.Count == 0 ? null : (renewed[0], token);
    }

    /// <summary>Deletes a student of the course, or without a course anybody; false when there is no such account.</summary>
    public async Task<bool> DeleteAsync(Guid id, string? course, CancellationToken cancellationToken)
    {
        var deleted = await ReadAsync(
            $"DELETE FROM accounts WHERE id = $1 AND {MayChange} RETURNING {Columns}", [id, OrNull(course)], cancellationToken);
        _cache.Clear();
        return deleted.Count > 0;
    }

    /// <summary>The account of whom the institution has signed in: theirs since they came first, or the one on the list under their login, which is theirs from now on.</summary>
    public async Task<Account?> FindByIdentityAsync(string identity, string login, CancellationToken cancellationToken) =>
        await ReadAsync(
            $"""
            UPDATE accounts SET subject = $1
            WHERE subject = $1 OR (login = $2 AND subject IS NULL AND NOT EXISTS (SELECT FROM accounts WHERE subject = $1))
            RETURNING {Columns}
            """,
            [identity, login], cancellationToken) is [var account] ? account : null;

    /// <summary>Makes an account for whom the institution has signed in, unless there is one for this person or login.</summary>
    public Task AddAsync(PersonToAdd person, string identity, CancellationToken cancellationToken) =>
        ReadAsync(
            $"INSERT INTO accounts (id, name, course, roles, token_hash, login, subject) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING RETURNING {Columns}",
            [Guid.CreateVersion7(), person.Name, person.Course, person.Roles, Hash(NewToken()), OrNull(person.Login), identity], cancellationToken);

    /// <summary>
    /// Says what the institution calls a student of the course, or without a course anybody. Whoever had come from there under another login
    /// is signed out, for which the account gets a token that nobody knows.
    /// </summary>
    public async Task<LoginChange> ChangeLoginAsync(Guid id, string? course, string? login, CancellationToken cancellationToken)
    {
        try
        {
            var changed = await ReadAsync(
                $"""
                UPDATE accounts SET login = $3, subject = NULL, token_hash = CASE WHEN subject IS NULL THEN token_hash ELSE $4 END
                WHERE id = $1 AND {MayChange} RETURNING {Columns}
                """,
                [id, OrNull(course), OrNull(login), Hash(NewToken())], cancellationToken);
            _cache.Clear();
            return changed is [var account] ? new(account, false) : new(null, false);
        }
        catch (PostgresException taken) when (taken.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return new(null, true);
        }
    }

    public void Dispose() => _cache.Dispose();

    private static string NewToken() => "lyc_" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(20));

    private static NpgsqlCommand Command(string sql, object[] parameters)
    {
#pragma warning disable CA2100 // Constants of this class.
        var command = new NpgsqlCommand(sql);
#pragma warning restore CA2100
        foreach (var value in parameters)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }

    private static object OrNull(string? text) => (object?)text ?? DBNull.Value;

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
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var command = Command(sql, parameters);
        command.Connection = connection;
        return await ReadAsync(command, cancellationToken);
    }

    private async Task<List<Account>> ReadAsync(NpgsqlCommand command, CancellationToken cancellationToken)
    {
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
                reader.GetFieldValue<DateTimeOffset>(4))
            {
                Credential = Convert.ToHexStringLower(reader.GetFieldValue<byte[]>(5).AsSpan(0, CredentialBytes)),
                Login = reader.IsDBNull(6) ? null : reader.GetString(6),
            });
        }

        return accounts;
    }
}
