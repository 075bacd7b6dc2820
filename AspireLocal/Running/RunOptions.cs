using System.ComponentModel.DataAnnotations;

namespace Lyceum.AspireLocal.Running;

/// <summary>How AspireLocal treats the processes that it starts; section <c>AspireLocal</c>.</summary>
internal sealed class RunOptions
{
    public const string Section = "AspireLocal";

    /// <summary>Starts again after a failure, before the resource is given up; a minute of health clears the count.</summary>
    [Range(0, 1000)]
    public int MaxRestarts { get; set; } = 6;

    /// <summary>Milliseconds before the first new start; each further failure doubles it.</summary>
    [Range(10, 60_000)]
    public int RestartDelay { get; set; } = 500;

    /// <summary>The longest wait before a new start, in milliseconds.</summary>
    [Range(10, 600_000)]
    public int MaxRestartDelay { get; set; } = 15_000;

    /// <summary>Milliseconds that a process has between SIGTERM and SIGKILL.</summary>
    [Range(100, 120_000)]
    public int StopGrace { get; set; } = 10_000;

    /// <summary>Console lines kept of each resource.</summary>
    [Range(50, 100_000)]
    public int ConsoleLines { get; set; } = 2_000;

    public TimeSpan DelayAfter(int failures) =>
        TimeSpan.FromMilliseconds(Math.Min(MaxRestartDelay, RestartDelay * Math.Pow(2, Math.Min(failures - 1, 20))));
}
