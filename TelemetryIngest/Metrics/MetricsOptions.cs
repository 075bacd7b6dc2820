using System.ComponentModel.DataAnnotations;

namespace Lyceum.TelemetryIngest.Metrics;

/// <summary>The section <c>Metrics</c> of TelemetryIngest's configuration.</summary>
internal sealed class MetricsOptions
{
    /// <summary>A learner from whom nothing comes for longer is idle, and the time does not count as time on task.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "04:00:00", ErrorMessage = "Metrics:IdleAfter must be between 00:00:10 and 04:00:00.")]
    public TimeSpan IdleAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>A learner who runs nothing for longer has made a break: what follows is another session, and no pair spans it.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "1.00:00:00", ErrorMessage = "Metrics:BreakAfter must be between 00:01:00 and 1.00:00:00.")]
    public TimeSpan BreakAfter { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>How many executions one answer may count; beyond it a shorter span has to be asked for.</summary>
    [Range(1, 10_000_000, ErrorMessage = "Metrics:MaxExecutions must be between 1 and 10000000.")]
    public int MaxExecutions { get; set; } = 200_000;
}
