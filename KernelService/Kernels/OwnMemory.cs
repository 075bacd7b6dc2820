using System.Runtime.InteropServices;

namespace Lyceum.KernelService.Kernels;

/// <summary>
/// Keeps kernels, which run what students write, from the service's memory and environment, in which is the key that identities are
/// signed with. Kernels run under the service's own account unless each user's have one of their own (docs/decisions/0025), and an
/// account's processes may look into each other.
/// </summary>
internal static partial class OwnMemory
{
    private const string RuntimeDiagnostics = "DOTNET_EnableDiagnostics";

    // From linux/prctl.h.
    private const int SetDumpable = 4;

    /// <summary>
    /// Makes this process one that no other of its account may trace or look into (prctl(2), PR_SET_DUMPABLE); what it starts is not
    /// affected. Nothing keeps root out, and elsewhere than on Linux nothing is done. It comes before all else that the program does:
    /// kernels that outlived the last process are running already.
    /// </summary>
    /// <exception cref="InvalidOperationException">The system does not do it.</exception>
    public static void Close() => SetOpen(false);

    /// <summary>
    /// Opens it again where a developer works, whose own kernels read nothing that the developer could not, and whose debugger is to work.
    /// Everywhere else makes sure that the runtime has no door of its own: by its diagnostic socket every process of the account is given
    /// a dump or the environment, whatever the system forbids, and only a variable from outside keeps the runtime from opening it.
    /// </summary>
    /// <exception cref="InvalidOperationException">The runtime's diagnostics are on.</exception>
    public static void OpenOnlyFor(IHostEnvironment environment)
    {
        if (environment.IsDevelopment())
        {
            SetOpen(true);
        }
        else if (Environment.GetEnvironmentVariable(RuntimeDiagnostics) != "0")
        {
            throw new InvalidOperationException(
                $"The .NET runtime's diagnostics are on, by which kernels could read the service's keys: set the environment variable {RuntimeDiagnostics}=0 for KernelService.");
        }
    }

    private static void SetOpen(bool isOpen)
    {
        if (OperatingSystem.IsLinux() && ProcessControl(SetDumpable, isOpen ? 1u : 0u, 0, 0, 0) != 0)
        {
            throw new InvalidOperationException($"prctl(PR_SET_DUMPABLE) failed with error {Marshal.GetLastPInvokeError()}, so kernels could read the service's keys.");
        }
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int ProcessControl(int option, nuint argument2, nuint argument3, nuint argument4, nuint argument5);
}
