using System.Globalization;
using System.Runtime.InteropServices;

namespace Lyceum.TelemetryBench;

/// <summary>Where a run took place.</summary>
internal static class Machine
{
    /// <summary>The repository: artifacts/bin/project/configuration is the layout of every project here.</summary>
    public static string Repository => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Parent!.Parent!.Parent!.FullName;

    public static IReadOnlyList<string> Describe()
    {
        var cpu = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim() ?? "unknown model";
        var os = File.ReadLines("/etc/os-release").FirstOrDefault(line => line.StartsWith("PRETTY_NAME=", StringComparison.Ordinal))?.Split('=', 2)[1].Trim('"') ?? RuntimeInformation.OSDescription;
        var load = string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
        return
        [
            $"{Environment.ProcessorCount} cores, {cpu}, {RuntimeInformation.ProcessArchitecture}; clients, service and PostgreSQL share them",
            $"{os}, {RuntimeInformation.FrameworkDescription}; PostgreSQL with its default settings, fsync on",
            $"Load average at the start (1, 5, 15 minutes): {load}. Where it is above 0 the machine was shared with other work: look at the ratios, not at the figures.",
        ];
    }

    /// <summary>The most memory that a process has had, MB.</summary>
    public static double PeakMemory(int process)
    {
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
