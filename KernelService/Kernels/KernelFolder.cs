using System.Globalization;
using Lyceum.KernelService.Accounts;
using Lyceum.KernelService.Outliving;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// The service's own folder with the connection files of its kernels: that of kernels that outlive it, or else a temporary one. An account
/// of kernels passes through it to a folder of its own, where its sockets and temporary files are, and has its own connection files.
/// </summary>
internal sealed class KernelFolder : IDisposable
{
    private readonly KeptFiles _kept;
    private readonly UserAccounts _accounts;

    public KernelFolder(KeptFiles kept, UserAccounts accounts)
    {
        (_kept, _accounts) = (kept, accounts);
        if (kept is { IsEnabled: true, Folder: { } folder })
        {
            Path = folder;
            return;
        }

        Path = Directory.CreateTempSubdirectory("lyceum-kernels-").FullName;
        if (accounts.AreOn)
        {
            Ownership.Allow(Path, Ownership.Passage);
        }
    }

    public string Path { get; }

    /// <summary>Where the account may make files that nobody else sees, on this machine and not for long; this folder itself for the service's own.</summary>
    public string Of(UserAccount? account)
    {
        if (account is null)
        {
            return Path;
        }

        var folder = System.IO.Path.Combine(Path, account.Id.ToString(CultureInfo.InvariantCulture));
        Directory.CreateDirectory(folder);
        Ownership.Allow(folder, Ownership.OwnersAlone);
        Ownership.Give(folder, account.Id);
        return folder;
    }

    /// <summary>
    /// Gives an account a file here that nobody else can read: ipykernel writes its connection file anew. The folder stays the service's,
    /// so that no link can be put in the file's place.
    /// </summary>
    public static void Give(string path, UserAccount? account)
    {
        if (account is not null)
        {
            Ownership.Give(path, account.Id);
        }
    }

    /// <summary>Deletes what accounts left here that have no kernel any more.</summary>
    public void DeleteAllBut(IReadOnlySet<int> accounts)
    {
        if (_accounts.AreOn)
        {
            Accounts().Where(account => !accounts.Contains(account.Id)).ToList().ForEach(TryDelete);
        }
    }

    public void Dispose()
    {
        if (_kept.IsEnabled)
        {
            return;
        }

        DeleteAllBut(new HashSet<int>());
        try
        {
            // Not into folders of accounts that could not be deleted.
            Directory.Delete(Path, recursive: !_accounts.AreOn);
        }
        catch (IOException)
        {
            // A kernel that is just ending removes its own file at the same time; the rest is small and in the temporary folder.
        }
    }

    private IEnumerable<UserAccount> Accounts() => Directory.GetDirectories(Path)
        .Select(folder => int.TryParse(System.IO.Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
        .Where(id => id > 0)
        .Select(id => new UserAccount(id, ""));

    /// <summary>Deletes an account's own folder, in the account's name what is in it: something of the account's may still be at work there.</summary>
    private void TryDelete(UserAccount account)
    {
        var folder = Of(account);
        try
        {
            account.Do(() =>
            {
                new DirectoryInfo(folder).GetFileSystemInfos().ToList().ForEach(Delete);
                return true;
            });
            Directory.Delete(folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Who hinders it keeps what is theirs.
        }
    }

    private static void Delete(FileSystemInfo entry)
    {
        if (entry is DirectoryInfo { LinkTarget: null } directory)
        {
            directory.Delete(recursive: true);
        }
        else
        {
            entry.Delete();
        }
    }
}
