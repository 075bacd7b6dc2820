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

    public KernelFolder(KeptFiles kept, UserAccounts accounts)
    {
        _kept = kept;
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
        Ownership.Give(folder, account.Id, account.Id);
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
            Ownership.Give(path, account.Id, account.Id);
        }
    }

    public void Dispose()
    {
        if (_kept.IsEnabled)
        {
            return;
        }

        try
        {
            foreach (var own in Directory.GetDirectories(Path))
            {
                DeleteAccounts(own);
            }

            Directory.Delete(Path, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A kernel that is just ending removes its own file at the same time; the rest is small and in the temporary folder.
        }
    }

    /// <summary>Deletes an account's own folder, in the account's name what is in it: something of the account's may still be at work there.</summary>
    private static void DeleteAccounts(string folder)
    {
        if (Ownership.Of(folder) is { Owner: > 0 } found)
        {
            new UserAccount(found.Owner, "").Do(() =>
            {
                foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos())
                {
                    Delete(entry);
                }

                return true;
            });
        }

        Directory.Delete(folder);
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
