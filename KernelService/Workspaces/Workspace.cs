using Lyceum.KernelService.Accounts;

namespace Lyceum.KernelService.Workspaces;

/// <summary>One user's files.</summary>
/// <param name="Folder">Where they are, an absolute path.</param>
/// <param name="Account">The account of the operating system that they belong to and that the user's kernels run under; null for the service's own.</param>
internal sealed record Workspace(string Folder, UserAccount? Account)
{
    /// <summary>
    /// The folder that a path names or, as in Jupyter, the nearest above it that is there; at the top the workspace itself.
    /// No link is followed: no path leads out.
    /// </summary>
    public string FolderAt(string? path)
    {
        if (string.IsNullOrEmpty(path) || path.Contains('\0', StringComparison.Ordinal))
        {
            return Folder;
        }

        var folder = Folder;
        foreach (var part in path.Trim('/').Split('/', '\\'))
        {
            if (part is "" or "." or ".." || Path.IsPathRooted(part))
            {
                return Folder;
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
}
