using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Scheduling;

/// <summary>Section <c>Scheduling</c>: who runs when.</summary>
internal sealed class SchedulingOptions
{
    /// <summary>Requests that may wait, over all models; beyond that they are refused with 503.</summary>
    [Range(0, 100_000, ErrorMessage = "Scheduling:QueueLength must be 0 to 100000.")]
    public int QueueLength { get; set; } = 512;

    /// <summary>Of these, requests of one user, so that nobody fills the queue alone.</summary>
    [Range(1, 100_000, ErrorMessage = "Scheduling:QueueLengthPerUser must be 1 to 100000.")]
    public int QueueLengthPerUser { get; set; } = 32;

    /// <summary>How long a request may wait for its turn, unless it says less in <c>X-Lyceum-Deadline</c> (seconds); 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Scheduling:MaxWait must be between 00:00:01 and 01:00:00.")]
    public TimeSpan MaxWait { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>The same for a request that says <c>X-Lyceum-Priority: batch</c>; 1 s to 24 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "Scheduling:MaxBatchWait must be between 00:00:01 and 1.00:00:00.")]
    public TimeSpan MaxBatchWait { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>After this long a batch request waits no longer behind interactive ones; 1 s to 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00", ErrorMessage = "Scheduling:BatchPatience must be between 00:00:01 and 01:00:00.")]
    public TimeSpan BatchPatience { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Between two signs of life to a waiting client on <c>/v1</c>; 1 s to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00", ErrorMessage = "Scheduling:Heartbeat must be between 00:00:01 and 00:01:00.")]
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>With so many requests waiting for a model, an alias that names further models takes the next one.</summary>
    [Range(1, 100_000, ErrorMessage = "Scheduling:FallbackAt must be 1 to 100000.")]
    public int FallbackAt { get; set; } = 8;

    /// <summary><c>CourseWeights:cs101=2</c>: twice the share of another course; 1 where nothing is said.</summary>
    public IDictionary<string, double> CourseWeights { get; } = new Dictionary<string, double>();

    /// <summary>The same among the users of a course, by account id.</summary>
    public IDictionary<string, double> UserWeights { get; } = new Dictionary<string, double>();
}

internal sealed class SchedulingOptionsValidator : IValidateOptions<SchedulingOptions>
{
    public ValidateOptionsResult Validate(string? name, SchedulingOptions options)
    {
        List<ValidationResult> found = [];
        Validator.TryValidateObject(options, new ValidationContext(options), found, validateAllProperties: true);
        IEnumerable<string> failures = found.Select(result => result.ErrorMessage ?? "Scheduling is not valid.");
        failures = failures.Concat(Wrong("CourseWeights", options.CourseWeights)).Concat(Wrong("UserWeights", options.UserWeights));
        return failures.Any() ? ValidateOptionsResult.Fail(failures) : ValidateOptionsResult.Success;
    }

    private static IEnumerable<string> Wrong(string section, IDictionary<string, double> weights) => weights
        .Where(pair => pair.Value is not (>= 0.01 and <= 100))
        .Select(pair => $"Scheduling:{section}:{pair.Key} must be 0.01 to 100.");
}
