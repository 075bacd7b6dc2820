using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Accounts;

/// <summary>Gives each workspace an account of its own, whose alone it is (docs/decisions/0025).</summary>
internal sealed class UserAccounts(IOptions<AccountsOptions> options, AccountTable table)
{
    // As many as there are numbers at most.
    private readonly ConcurrentDictionary<string, UserAccount> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Whether each user's kernels run under an account of their own.</summary>
    public bool AreOn => options.Value.Count > 0;

    /// <summary>The account of a workspace, which is made and given to it if need be.</summary>
    /// <param name="name">The workspace's name.</param>
    /// <param name="folder">Where it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BadHttpRequestException">There is no account left.</exception>
    /// <exception cref="IOException">The system refuses, or what is there is no folder.</exception>
    public async ValueTask<UserAccount> OfAsync(string name, string folder, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(name, out var known) && Directory.Exists(folder))
        {
            return known;
        }

        await _turn.WaitAsync(cancellationToken);
        try
        {
            var account = new UserAccount(table.Of(name), name);
            if (Ownership.Of(folder)?.Owner != account.Id)
            {
                Give(folder, account);
            }

            return _known[name] = account;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Makes the folder, or hands over what the service's own account had written there before accounts were turned on.</summary>
    private static void Give(string folder, UserAccount account)
    {
        if (Ownership.Of(folder) is { IsDirectory: false })
        {
            throw new IOException($"{folder} is to be a workspace and is no folder.");
        }

        Directory.CreateDirectory(folder);
        Ownership.Allow(folder, Ownership.OwnersAlone);
        Handover.Give(folder, account);
    }
}
