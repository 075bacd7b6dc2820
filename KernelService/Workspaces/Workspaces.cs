using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Workspaces;

/// <summary>Where each user's files are: one folder per account, which is also the working directory of that user's kernels.</summary>
internal sealed partial class Workspaces(IOptions<WorkspacesOptions> options)
{
    private readonly string _root = Path.GetFullPath(options.Value.Root);

    /// <summary>The caller's folder, an absolute path; made when it is not there yet.</summary>
    public string FolderOf(CallerIdentity caller)
    {
        var folder = Path.Combine(_root, NameOf(caller.Subject));
        if (!Directory.Exists(folder))
        {
            Create(folder);
        }

        return folder;
    }

    /// <summary>
    /// The folder that a path names or, as in Jupyter, the nearest above it that is there; at the top the workspace itself.
    /// No link is followed: no path leads out.
    /// </summary>
    public string FolderOf(CallerIdentity caller, string? path)
    {
        var workspace = FolderOf(caller);
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            return workspace;
        }

        var folder = workspace;
        foreach (var part in path.Trim('/').Split('/', '\\'))
        {
            if (part is "" or "." or ".." || Path.IsPathRooted(part))
            {
                return workspace;
            }

            var next = new DirectoryInfo(Path.Combine(folder, part));
            if (!next.Exists || next.LinkTarget is not null)
            {
                break;
            }

            folder = next.FullName;
        }

        return folder;
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
