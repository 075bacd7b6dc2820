using System.ComponentModel.DataAnnotations;

namespace Lyceum.TelemetryIngest.Partitions;

/// <summary>The section <c>Retention</c> of TelemetryIngest's configuration.</summary>
internal sealed class RetentionOptions
{
    /// <summary>How long events are kept, at least; they go by whole months. Unset, they are kept for ever.</summary>
    [Range(typeof(TimeSpan), "31.00:00:00", "36500.00:00:00", ErrorMessage = "Retention:Events must be between 31.00:00:00 and 36500.00:00:00, or unset to keep events for ever.")]
    public TimeSpan? Events { get; set; }

    /// <summary>How often months are made and dropped, and what is derived of them is forgotten.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Retention:CheckInterval must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromHours(1);
}
