using System.Collections.Concurrent;
using System.IO.Enumeration;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Accounts;

/// <summary>Gives each workspace an account of its own, whose alone it is (docs/decisions/0025).</summary>
internal sealed class UserAccounts(IOptions<AccountsOptions> options, AccountTable table, TimeProvider time)
{
    private static readonly TimeSpan LockTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(100);
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = false };

    // As many as there are numbers at most.
    private readonly ConcurrentDictionary<string, UserAccount> _known = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _turn = new(1, 1);

    /// <summary>Whether each user's kernels run under an account of their own.</summary>
    public bool AreOn => options.Value.Count > 0;

    /// <summary>The account of a workspace, which is made and given to it if need be.</summary>
    /// <param name="name">The workspace's name.</param>
    /// <param name="folder">Where it is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="BadHttpRequestException">There is no account left, or the workspace is just being given to its account.</exception>
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
            if (!IsGiven(folder, account))
            {
                await using var only = await LockAsync(cancellationToken);
                if (!IsGiven(folder, account))
                {
                    Give(folder, account);
                }
            }

            return _known[name] = account;
        }
        finally
        {
            _turn.Release();
        }
    }

    private static bool IsGiven(string folder, UserAccount account) => Ownership.Of(folder) is { IsDirectory: true } found && found.Owner == account.Id;

    /// <summary>
    /// Makes the folder, or hands over what the service's own account had written there before accounts were turned on: what is in it
    /// first, itself last, so that nothing of the account runs there before.
    /// </summary>
    private static void Give(string folder, UserAccount account)
    {
        if (Ownership.Of(folder) is { IsDirectory: false })
        {
            throw new IOException($"{folder} is to be a workspace and is no folder.");
        }

        Directory.CreateDirectory(folder);
        Ownership.Allow(folder, Ownership.OwnersAlone);
        foreach (var path in ContentOf(folder))
        {
            // Under its other name it may be somebody else's: while all kernels had one account, each could link to all files.
            if (Ownership.Of(path) is { } found && (found.IsDirectory || found.Links == 1))
            {
                Ownership.Give(path, account.Id, account.Id);
            }
        }

        Ownership.Give(folder, account.Id, account.Id);
    }

    private static FileSystemEnumerable<string> ContentOf(string folder) =>
        new(folder, (ref FileSystemEntry entry) => entry.ToFullPath(), Everything)
        {
            ShouldRecursePredicate = (ref FileSystemEntry entry) => !entry.Attributes.HasFlag(FileAttributes.ReparsePoint),
        };

    /// <summary>One replica at a time hands over: a kernel that another has started already could swap folders for links meanwhile.</summary>
    private async Task<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        var since = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(table.Folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(since) < LockTime)
            {
                await Task.Delay(LockPause, time, cancellationToken);
            }
        }
    }
}
