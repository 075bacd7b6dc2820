using System.ComponentModel.DataAnnotations;

namespace Lyceum.KernelService.Limits;

/// <summary>The section <c>Kernels:Limits</c> of the configuration: what one kernel may use. Zero is no limit.</summary>
internal sealed class LimitsOptions : IValidatableObject
{
    private const long LeastMemory = 64L * 1024 * 1024;

    /// <summary>
    /// Bytes of memory; 0, or at least 64 MiB. With <see cref="Cgroup"/> for the kernel and all that it starts, which is ended
    /// when it needs more; without, for the private memory of each process, which is refused more.
    /// </summary>
    public long MemoryBytes { get; set; }

    /// <summary>Processors, such as 1.5; 0 to 1024. Needs <see cref="Cgroup"/>.</summary>
    [Range(0.0, 1024.0, ErrorMessage = "Kernels:Limits:Cpus must be between 0 and 1024.")]
    public double Cpus { get; set; }

    /// <summary>Processes and threads; 0, or 16 to 1,000,000. Needs <see cref="Cgroup"/>.</summary>
    public int Processes { get; set; }

    /// <summary>Processor time of each process, at the end of which it is ended; up to a year.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00", ErrorMessage = "Kernels:Limits:CpuTime must be between 00:00:00 and 365.00:00:00.")]
    public TimeSpan CpuTime { get; set; }

    /// <summary>Open files of each process; 0, or 64 to 1,000,000.</summary>
    public int OpenFiles { get; set; }

    /// <summary>A folder of cgroup v2 that is delegated to this service and holds no process itself, such as <c>/sys/fs/cgroup/lyceum.slice/kernels</c>.</summary>
    public string? Cgroup { get; set; }

    /// <summary>What the limits cannot do without.</summary>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var hasCgroup = !string.IsNullOrEmpty(Cgroup);
        if (MemoryBytes is < 0 or (> 0 and < LeastMemory))
        {
            yield return new ValidationResult($"Kernels:Limits:MemoryBytes is {MemoryBytes}; write at least {LeastMemory}, or 0 for no limit.");
        }

        if (Processes is not 0 and (< 16 or > 1_000_000))
        {
            yield return new ValidationResult("Kernels:Limits:Processes must be 0 or between 16 and 1000000.");
        }

        if (OpenFiles is not 0 and (< 64 or > 1_000_000))
        {
            yield return new ValidationResult("Kernels:Limits:OpenFiles must be 0 or between 64 and 1000000.");
        }

        if (!hasCgroup && (Cpus > 0 || Processes > 0))
        {
            yield return new ValidationResult("Kernels:Limits:Cpus and Kernels:Limits:Processes need Kernels:Limits:Cgroup: write a cgroup v2 folder that is delegated to this service.");
        }

        if (hasCgroup && !File.Exists(Path.Combine(Cgroup!, "cgroup.procs")))
        {
            yield return new ValidationResult($"Kernels:Limits:Cgroup is {Cgroup}, which is no folder of cgroup v2.");
        }

        if (((MemoryBytes > 0 && !hasCgroup) || CpuTime > TimeSpan.Zero || OpenFiles > 0) && ProcessLimits.Program is null)
        {
            yield return new ValidationResult("Kernels:Limits needs the program prlimit, which is not on the path: install util-linux, or leave out MemoryBytes, CpuTime and OpenFiles.");
        }
    }
}
