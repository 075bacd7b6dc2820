using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Lyceum.KernelService.Accounts;

/// <summary>
/// Gives an account a folder with all that is in it, by open handles: what another replica's kernels, which still have the account that the
/// folder is taken from, swap for a link meanwhile leads nowhere.
/// </summary>
internal static partial class Handover
{
    // fcntl.h: O_PATH | O_CLOEXEC | O_NOFOLLOW, the last of which differs by processor.
    private static readonly int Look = 0x200000 | 0x80000 | (RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000);

    /// <summary>What is in the folder first, itself last, so that it counts as given only when all is.</summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public static void Give(string folder, UserAccount account)
    {
        using var opened = Open(Ownership.WorkingDirectory, folder) ?? throw new IOException($"{folder} has gone.");
        Give(opened, account);
    }

    private static void Give(SafeFileHandle opened, UserAccount account)
    {
        var found = Ownership.Of(opened);
        if (found.IsDirectory)
        {
            var content = new DirectoryInfo(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{opened.DangerousGetHandle()}"));
            foreach (var entry in content.EnumerateFileSystemInfos())
            {
                using var below = Open((int)opened.DangerousGetHandle(), entry.Name);
                if (below is not null)
                {
                    Give(below, account);
                }
            }
        }

        // Under its other name a file may be somebody else's: while all kernels had one account, each could link to all files.
        if (found.IsDirectory || found.Links == 1)
        {
            Ownership.Give(opened, account.Id);
        }
    }

    /// <summary>Null if it has gone meanwhile.</summary>
    private static SafeFileHandle? Open(int folder, string path)
    {
        var descriptor = OpenAt(folder, path, Look);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true)
            : Marshal.GetLastPInvokeError() == Ownership.NoEntry ? null
            : throw new IOException($"{path}: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int OpenAt(int folder, string path, int flags);
}
