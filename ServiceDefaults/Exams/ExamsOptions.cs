using System.ComponentModel.DataAnnotations;

namespace Lyceum.ServiceDefaults.Exams;

/// <summary>The section <c>Exams</c> of the configuration of services that ask ChatService whether an exam is on.</summary>
internal sealed class ExamsOptions
{
    /// <summary>How long an answer counts, and so how long a change of policy may take to be seen.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00", ErrorMessage = "Exams:AskEvery must be between 00:00:00 and 00:01:00.")]
    public TimeSpan AskEvery { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the last answer counts while ChatService is away; after that, students are refused.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "Exams:RememberFor must be between 00:00:00 and 1.00:00:00.")]
    public TimeSpan RememberFor { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long an answer may take.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1000000", "00:01:00", ErrorMessage = "Exams:Timeout must be between 00:00:00.1 and 00:01:00.")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);
}
