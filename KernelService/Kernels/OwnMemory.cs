using System.Runtime.InteropServices;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// Keeps kernels, which run what students write under the service's own account, from the service's memory and environment, in which
/// is the key that identities are signed with.
/// </summary>
internal static partial class OwnMemory
{
    // From linux/prctl.h.
    private const int SetDumpable = 4;

    /// <summary>
    /// Makes this process one that no other of its account may trace or look into (prctl(2), PR_SET_DUMPABLE); what it starts is not
    /// affected. Nothing keeps root out, and elsewhere than on Linux nothing is done.
    /// </summary>
    /// <exception cref="InvalidOperationException">The system does not do it.</exception>
    public static void Close()
    {
        if (OperatingSystem.IsLinux() && ProcessControl(SetDumpable, 0, 0, 0, 0) != 0)
        {
            throw new InvalidOperationException($"prctl(PR_SET_DUMPABLE) failed with error {Marshal.GetLastPInvokeError()}, so kernels could read the service's keys.");
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
