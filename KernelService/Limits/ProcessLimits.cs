using System.Globalization;
using Lyceum.KernelService.Kernelspecs;

namespace Lyceum.KernelService.Limits;

/// <summary>Limits of single processes, which each process hands down to those that it starts.</summary>
internal static class ProcessLimits
{
    // Between the signal that a program may take to save its work, and the one that ends it.
    private const long CpuGraceSeconds = 5;

    public static string? Program { get; } = Executables.OnPath("prlimit");

    /// <summary>The command in front of which a program starts with these limits; empty without any.</summary>
    public static IEnumerable<string> Command(LimitsOptions limits)
    {
        var arguments = new List<string>();

        // Not the address space: .NET, Java and CUDA reserve far more of it than they use.
        Add("data", string.IsNullOrEmpty(limits.Cgroup) ? limits.MemoryBytes : 0);
        Add("nofile", limits.OpenFiles);
        if (limits.CpuTime > TimeSpan.Zero)
        {
            var seconds = (long)Math.Ceiling(limits.CpuTime.TotalSeconds);
            arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--cpu={seconds}:{seconds + CpuGraceSeconds}"));
        }

        return arguments.Count == 0 ? [] : [Program!, .. arguments];

        void Add(string name, long value)
        {
            if (value > 0)
            {
                arguments.Add(string.Create(CultureInfo.InvariantCulture, $"--{name}={value}:{value}"));
            }
        }
    }
}
