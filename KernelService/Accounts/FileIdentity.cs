using System.Runtime.InteropServices;

namespace Lyceum.KernelService.Accounts;

/// <summary>
/// As whom the calling thread works with files (setfsuid(2)). As another than root it has none of root's rights there, so that neither a
/// link nor a folder that is swapped for one leads it where the account could not go. Threads that are started meanwhile stay so: nothing
/// is waited for and nothing queued in between.
/// </summary>
internal static partial class FileIdentity
{
    private const uint Ask = uint.MaxValue;

    /// <summary>Becomes that account and its group; answers which it was before.</summary>
    public static int Assume(int id)
    {
        _ = SetFileGroup((uint)id);
        var before = SetFileUser((uint)id);
        if (SetFileUser(Ask) != id || SetFileGroup(Ask) != id)
        {
            // With whose rights it would go on, nobody can tell.
            Environment.FailFast($"The system did not let the service work with files as account {id}.");
        }

        return before;
    }

    [LibraryImport("libc", EntryPoint = "setfsuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFileUser(uint id);

    [LibraryImport("libc", EntryPoint = "setfsgid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetFileGroup(uint id);
}
