using System.ComponentModel;
using System.Diagnostics;

namespace Lyceum.AppHost.Backing;

/// <summary>Whether containers can be run: by this AppHost at all, and by a runtime that answers.</summary>
internal static class ContainerRuntime
{
    // Set by the project file: true where Aspire's own orchestrator is built in.
    private const string Switch = "Lyceum.AppHost.RunsContainers";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static bool Answers() =>
        AppContext.TryGetSwitch(Switch, out var runs) && runs && (Succeeds("docker") || Succeeds("podman"));

    private static bool Succeeds(string program)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, "info")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            })!;
            process.OutputDataReceived += static (_, _) => { };
            process.ErrorDataReceived += static (_, _) => { };
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
            if (process.WaitForExit(Patience))
            {
                return process.ExitCode == 0;
            }

            process.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
