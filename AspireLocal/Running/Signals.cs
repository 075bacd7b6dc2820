using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lyceum.AspireLocal.Running;

/// <summary>Signals to processes and their groups, where there are such things.</summary>
internal static partial class Signals
{
    private const int Terminate = 15;
    private const int Kill = 9;

    /// <summary>Asks a process to end.</summary>
    public static void AskToEnd(Process process)
    {
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            _ = SendSignal(process.Id, Terminate);
        }
    }

    /// <summary>Ends what is left of a process and of those that it started.</summary>
    public static void EndGroup(int pid, bool ownsGroup)
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SendSignal(ownsGroup ? -pid : pid, Kill);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int pid, int signal);
}
