using System.ComponentModel.DataAnnotations;

namespace Lyceum.TelemetryIngest.Derived;

/// <summary>The section <c>Derivation</c> of TelemetryIngest's configuration.</summary>
internal sealed class DerivationOptions
{
    /// <summary>How often it is looked whether learners have new executions and questions.</summary>
    [Range(typeof(TimeSpan), "00:00:00.05", "00:10:00", ErrorMessage = "Derivation:Interval must be between 00:00:00.05 and 00:10:00.")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>How often one learner's code is looked at, at most: somebody who types changes it all the time.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "Derivation:CodeInterval must be between 00:00:00 and 1.00:00:00.")]
    public TimeSpan CodeInterval { get; set; } = TimeSpan.FromSeconds(15);
}
