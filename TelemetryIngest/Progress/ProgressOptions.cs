using System.ComponentModel.DataAnnotations;

namespace Lyceum.TelemetryIngest.Progress;

/// <summary>The section <c>Progress</c> of TelemetryIngest's configuration.</summary>
internal sealed class ProgressOptions
{
    /// <summary>The share of a notebook's learners who must have run a cell for it to be an exercise; two at least, where there are two.</summary>
    [Range(0, 1, ErrorMessage = "Progress:MinShare must be between 0 and 1.")]
    public double MinShare { get; set; } = 0.05;

    /// <summary>How many exercises are shown; beyond it those that most learners ran.</summary>
    [Range(1, 1000, ErrorMessage = "Progress:MaxCells must be between 1 and 1000.")]
    public int MaxCells { get; set; } = 60;
}
