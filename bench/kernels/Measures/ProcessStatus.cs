using System.Globalization;

namespace Lyceum.KernelBench.Measures;

/// <summary>What Linux says about a process.</summary>
internal static class ProcessStatus
{
    // USER_HZ, which Linux fixes at 100 towards programs on every platform that .NET runs on.
    private const double MicrosecondsPerTick = 10_000;

    /// <summary>Processor time that the process has used, in user and kernel mode.</summary>
    public static double CpuMicroseconds(int process)
    {
        string stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
        // After the name, which may hold spaces, the fields go on with the third; utime and stime are the 14th and 15th.
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return MicrosecondsPerTick * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture));
    }

    /// <summary>Memory that the process holds (RSS) in MB of 1,000,000 bytes.</summary>
    public static double MemoryMegabytes(int process)
    {
        string line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status")).First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
