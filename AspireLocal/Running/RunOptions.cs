using System.ComponentModel.DataAnnotations;

namespace Lyceum.AspireLocal.Running;

/// <summary>How AspireLocal treats the processes that it starts; section <c>AspireLocal</c>.</summary>
internal sealed class RunOptions
{
    public const string Section = "AspireLocal";

    /// <summary>Starts again after a failure, before the resource is given up; a minute of health clears the count.</summary>
    [Range(0, 1000, ErrorMessage = "AspireLocal:MaxRestarts must be between 0 and 1000.")]
    public int MaxRestarts { get; set; } = 6;

    /// <summary>Milliseconds before the first new start; each further failure doubles it.</summary>
    [Range(10, 60_000, ErrorMessage = "AspireLocal:RestartDelay must be between 10 and 60000 milliseconds.")]
    public int RestartDelay { get; set; } = 500;

    /// <summary>The longest wait before a new start, in milliseconds.</summary>
    [Range(10, 600_000, ErrorMessage = "AspireLocal:MaxRestartDelay must be between 10 and 600000 milliseconds.")]
    public int MaxRestartDelay { get; set; } = 15_000;

    /// <summary>Milliseconds that a process has between SIGTERM and SIGKILL.</summary>
    [Range(100, 120_000, ErrorMessage = "AspireLocal:StopGrace must be between 100 and 120000 milliseconds.")]
    public int StopGrace { get; set; } = 10_000;

    /// <summary>Console lines kept of each resource.</summary>
    [Range(50, 100_000, ErrorMessage = "AspireLocal:ConsoleLines must be between 50 and 100000.")]
    public int ConsoleLines { get; set; } = 2_000;

    public TimeSpan DelayAfter(int failures) =>
        TimeSpan.FromMilliseconds(Math.Min(MaxRestartDelay, RestartDelay * Math.Pow(2, Math.Min(failures - 1, 20))));
}
