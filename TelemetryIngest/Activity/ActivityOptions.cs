using System.ComponentModel.DataAnnotations;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>The section <c>Activity</c> of TelemetryIngest's configuration.</summary>
internal sealed class ActivityOptions
{
    /// <summary>How long after an event a learner counts as active.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "1.00:00:00", ErrorMessage = "Activity:ActiveFor must be between 00:00:10 and 1.00:00:00.")]
    public TimeSpan ActiveFor { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many failures of the same type in a row on one cell make a learner stuck.</summary>
    [Range(1, 100, ErrorMessage = "Activity:StuckAfter must be between 1 and 100 failures.")]
    public int StuckAfter { get; set; } = 3;

    /// <summary>How long after the last of those failures, or after being at work in the cell last, a learner still counts as stuck.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00", ErrorMessage = "Activity:StuckFor must be between 00:01:00 and 7.00:00:00.")]
    public TimeSpan StuckFor { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// Which of those who solved a cell a learner has to be slower than to be stuck in it, from the quickest on: 0.9 is the 90th
    /// percentile of their time at work.
    /// </summary>
    [Range(0.5, 1.0, ErrorMessage = "Activity:StuckShare must be between 0.5 and 1.")]
    public double StuckShare { get; set; } = 0.9;

    /// <summary>How many learners must have solved a cell for their times to say something about the others.</summary>
    [Range(2, 10_000, ErrorMessage = "Activity:StuckMinSolved must be between 2 and 10000 learners.")]
    public int StuckMinSolved { get; set; } = 10;

    /// <summary>Nobody is stuck for being at work in a cell for less than this, however quick the others were.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "Activity:StuckMinTime must be between 00:00:00 and 1.00:00:00.")]
    public TimeSpan StuckMinTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How far apart KernelService's and a notebook extension's report of one execution may be.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00", ErrorMessage = "Activity:SameExecutionWithin must be between 00:00:01 and 00:10:00.")]
    public TimeSpan SameExecutionWithin { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many learners a class view shows; beyond it those seen last.</summary>
    [Range(1, 100_000, ErrorMessage = "Activity:MaxLearners must be between 1 and 100000.")]
    public int MaxLearners { get; set; } = 5000;

    /// <summary>How many executions and questions of one learner a class view counts; beyond it the newest.</summary>
    [Range(10, 1_000_000, ErrorMessage = "Activity:MaxEventsPerLearner must be between 10 and 1000000.")]
    public int MaxEventsPerLearner { get; set; } = 5000;

    /// <summary>How many counted events of learners are kept in memory between class views, all courses together.</summary>
    [Range(1_000, 10_000_000, ErrorMessage = "Activity:MaxEventsKept must be between 1000 and 10000000.")]
    public int MaxEventsKept { get; set; } = 200_000;
}
