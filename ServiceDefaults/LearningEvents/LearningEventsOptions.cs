using System.ComponentModel.DataAnnotations;

namespace Lyceum.ServiceDefaults.LearningEvents;

/// <summary>The section <c>LearningEvents</c> of a service's configuration.</summary>
internal sealed class LearningEventsOptions
{
    /// <summary>The folder in which events wait while TelemetryIngest is away; unset, they wait in memory. AppHost sets it where it keeps data.</summary>
    public string? Folder { get; set; }

    /// <summary>How many bytes may wait in the folder; beyond it the newest events are dropped.</summary>
    [Range(1 << 16, 1L << 40, ErrorMessage = "LearningEvents:MaxBytes must be between 65536 and 1099511627776 bytes.")]
    public long MaxBytes { get; set; } = 256L << 20;
}
