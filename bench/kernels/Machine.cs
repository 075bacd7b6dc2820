using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lyceum.KernelBench;

/// <summary>Where a run took place.</summary>
internal static class Machine
{
    public static async Task<IReadOnlyList<string>> DescribeAsync(CancellationToken cancellationToken)
    {
        string cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown model";
        string os = File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?.Split('=', 2)[1].Trim('"') ?? RuntimeInformation.OSDescription;
        string load = string.Join(' ', (await File.ReadAllTextAsync("/proc/loadavg", cancellationToken)).Split(' ')[..3]);
        string python = await OutputAsync("/usr/bin/python3", ["-c", "import sys, ipykernel, jupyter_server, tornado; print('Python', sys.version.split()[0] + ', ipykernel', ipykernel.__version__ + ', jupyter_server', jupyter_server.__version__ + ', tornado', tornado.version)"], cancellationToken);
        return
        [
            $"{Environment.ProcessorCount} cores, {cpu}, {RuntimeInformation.ProcessArchitecture}",
            $"{os}, {RuntimeInformation.FrameworkDescription}",
            python.Trim(),
            $"Load average at the start (1, 5, 15 minutes): {load}. Where it is above 0 the machine was shared with other work: look at the ratios, not at the figures.",
        ];
    }

    private static async Task<string> OutputAsync(string file, string[] arguments, CancellationToken cancellationToken)
    {
        using Process process = Process.Start(new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true })!;
        string text = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? text : throw new InvalidOperationException($"{file} failed: ipykernel and jupyter-server must be installed (Debian: python3-ipykernel, jupyter-server).");
    }
}
