using System.Globalization;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Limits;

/// <summary>A control group (cgroup v2) for each kernel, where the service has been given a place for them: it holds whatever the kernel starts.</summary>
internal sealed partial class ControlGroups(IOptions<LimitsOptions> options, TimeProvider time, ILogger<ControlGroups> logger)
{
    private const int CpuPeriod = 100_000;
    private const int RemoveAttempts = 20;
    private static readonly TimeSpan RemovePause = TimeSpan.FromMilliseconds(50);

    // A process can join only a group that is there, and before it becomes the kernel: a shell does it, and then is the kernel.
    private static readonly string[] Join = ["/bin/sh", "-c", "echo 0 > \"$1/cgroup.procs\" && shift && exec \"$@\"", "sh"];

    /// <summary>Makes the kernel's group and names the command in front of which a program starts in it; empty where there are no groups.</summary>
    /// <exception cref="IOException">The group cannot be made, or has not the limits that are configured.</exception>
    public IEnumerable<string> Enter(string kernelId)
    {
        if (FolderOf(kernelId) is not { } folder)
        {
            return [];
        }

        var limits = options.Value;
        try
        {
            List<string> controllers = [.. Wanted(limits).Select(limit => $"+{limit.File.Split('.')[0]}").Distinct()];
            if (controllers.Count > 0)
            {
                File.WriteAllText(Path.Combine(limits.Cgroup!, "cgroup.subtree_control"), string.Join(' ', controllers));
            }

            Directory.CreateDirectory(folder);
            foreach (var (file, value) in Wanted(limits))
            {
                File.WriteAllText(Path.Combine(folder, file), value);
            }
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new IOException(exception.Message, exception);
        }

        return [.. Join, folder];
    }

    /// <summary>Ends whatever is left in the kernel's group, and removes it.</summary>
    public async Task LeaveAsync(string kernelId)
    {
        if (FolderOf(kernelId) is not { } folder || !Directory.Exists(folder))
        {
            return;
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await File.WriteAllTextAsync(Path.Combine(folder, "cgroup.kill"), "1");
                Directory.Delete(folder);
                return;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Not empty until the system has done away with the processes.
                if (attempt == RemoveAttempts)
                {
                    LogLeft(logger, folder, exception.Message);
                    return;
                }
            }

            await Task.Delay(RemovePause, time);
        }
    }

    private static IEnumerable<(string File, string Value)> Wanted(LimitsOptions limits)
    {
        if (limits.MemoryBytes > 0)
        {
            yield return ("memory.max", limits.MemoryBytes.ToString(CultureInfo.InvariantCulture));
        }

        if (limits.Cpus > 0)
        {
            yield return ("cpu.max", string.Create(CultureInfo.InvariantCulture, $"{Math.Max(1000, (long)(limits.Cpus * CpuPeriod))} {CpuPeriod}"));
        }

        if (limits.Processes > 0)
        {
            yield return ("pids.max", limits.Processes.ToString(CultureInfo.InvariantCulture));
        }
    }

    private string? FolderOf(string kernelId) =>
        options.Value.Cgroup is { Length: > 0 } parent ? Path.Combine(parent, $"kernel-{kernelId}") : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "The control group {Folder} could not be removed: {Reason}")]
    private static partial void LogLeft(ILogger logger, string folder, string reason);
}
