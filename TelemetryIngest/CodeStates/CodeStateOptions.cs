using System.ComponentModel.DataAnnotations;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>The section <c>CodeStates</c> of TelemetryIngest's configuration.</summary>
internal sealed class CodeStateOptions
{
    /// <summary>How many events of a notebook one history may have; beyond it a shorter span has to be asked for.</summary>
    [Range(100, 1_000_000, ErrorMessage = "CodeStates:MaxEvents must be between 100 and 1000000.")]
    public int MaxEvents { get; set; } = 100_000;

    /// <summary>How many characters of JSON the events of one history may have.</summary>
    [Range(100_000, 1_000_000_000, ErrorMessage = "CodeStates:MaxCharacters must be between 100000 and 1000000000.")]
    public int MaxCharacters { get; set; } = 32_000_000;

    /// <summary>How many histories are rebuilt at a time; others wait.</summary>
    [Range(1, 64, ErrorMessage = "CodeStates:MaxAtOnce must be between 1 and 64.")]
    public int MaxAtOnce { get; set; } = 2;
}
