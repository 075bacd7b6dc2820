using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Lyceum.KernelService.Accounts;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Workspaces;

/// <summary>Where each user's files are: one folder per account, which is also the working directory of that user's kernels.</summary>
internal sealed partial class Workspaces(IOptions<WorkspacesOptions> options, UserAccounts accounts)
{
    private readonly string _root = Path.GetFullPath(options.Value.Root);

    /// <summary>The caller's workspace; made when it is not there yet.</summary>
    /// <exception cref="BadHttpRequestException">There is no account left for a new one.</exception>
    public async ValueTask<Workspace> OfAsync(CallerIdentity caller, CancellationToken cancellationToken)
    {
        var name = NameOf(caller.Subject);
        var folder = Path.Combine(_root, name);
        if (accounts.AreOn)
        {
            return new Workspace(folder, await accounts.OfAsync(name, folder, cancellationToken));
        }

        if (!Directory.Exists(folder))
        {
            Create(folder);
        }

        return new Workspace(folder, Account: null);
    }

    private static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    /// <summary>Account ids stay as they are; whatever could be a path, or equal another on a disk that ignores case, gets a hash.</summary>
    private static string NameOf(string subject) => PlainName().IsMatch(subject)
        ? subject
        : $"{Unusual().Replace(subject, "_")[..Math.Min(subject.Length, 40)]}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(subject)))[..16]}";

    [GeneratedRegex("^[a-z0-9][a-z0-9_-]{0,63}\\z")]
    private static partial Regex PlainName();

    [GeneratedRegex("[^a-z0-9_-]")]
    private static partial Regex Unusual();
}
