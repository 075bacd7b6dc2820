using System.Globalization;
using Lyceum.KernelService.Workspaces;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Accounts;

/// <summary>
/// Which account is whose, for good, written down beside the workspaces: a link for each number that says whose it is, and one for each
/// workspace that says its number. The system makes a link whole and refuses a second of that name, also where replicas share the folder.
/// A number is never given twice.
/// </summary>
internal sealed class AccountTable(IOptions<AccountsOptions> options, IOptions<WorkspacesOptions> workspaces)
{
    // Nobody's workspace begins with a dot.
    private const string FolderName = ".accounts";

    private int _tried;

    /// <summary>Where it is; in it nobody but the service may look.</summary>
    public string Folder { get; } = Path.Combine(Path.GetFullPath(workspaces.Value.Root), FolderName);

    /// <summary>The workspace's number, which is its own from now on.</summary>
    /// <exception cref="BadHttpRequestException">All numbers are taken.</exception>
    /// <exception cref="IOException">It cannot be written down.</exception>
    public int Of(string workspace)
    {
        var own = Path.Combine(Folder, $"of-{workspace}");
        if (NumberIn(own) is { } known)
        {
            return known;
        }

        var number = Free(workspace);
        // Another replica may have come first with another number, which counts.
        TryLink(own, number.ToString(CultureInfo.InvariantCulture));
        return NumberIn(own) ?? throw new IOException($"{own} could not be made.");
    }

    private int Free(string workspace)
    {
        var (first, count) = (options.Value.First, options.Value.Count);
        for (; _tried < count; _tried++)
        {
            var entry = Path.Combine(Folder, (first + _tried).ToString(CultureInfo.InvariantCulture));
            if (TryLink(entry, workspace) || new FileInfo(entry).LinkTarget == workspace)
            {
                return first + _tried;
            }
        }

        throw new BadHttpRequestException(
            $"All {count} accounts of this service are taken (Kernels:Accounts:Count): nobody new can be given a workspace before there are more.",
            StatusCodes.Status503ServiceUnavailable);
    }

    private static bool TryLink(string path, string target)
    {
        try
        {
            File.CreateSymbolicLink(path, target);
            return true;
        }
        catch (IOException) when (new FileInfo(path).LinkTarget is not null)
        {
            return false;
        }
    }

    private static int? NumberIn(string path) => new FileInfo(path).LinkTarget is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0 ? number
        : throw new IOException($"{path} names no account.");
}
