using System.Runtime.InteropServices;

namespace Lyceum.KernelService.Kernels;

/// <summary>Signals to a kernel and everything it started.</summary>
internal static partial class ProcessGroup
{
    public const int Interrupt = 2;
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Sends the signal to the group that the process leads; a group that is gone is no failure.</summary>
    public static void Signal(int leader, int signal)
    {
        // Zero and minus one mean our own group and everybody.
        if (!OperatingSystem.IsWindows() && leader > 1)
        {
            _ = SendSignal(-leader, signal);
        }
    }

    /// <summary>Sends the signal to that process alone.</summary>
    public static void SignalOne(int process, int signal)
    {
        if (!OperatingSystem.IsWindows() && process > 1)
        {
            _ = SendSignal(process, signal);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int process, int signal);
}
