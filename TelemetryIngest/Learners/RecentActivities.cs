using Lyceum.TelemetryIngest.Activity;

namespace Lyceum.TelemetryIngest.Learners;

/// <summary>Sums up what a learner did of late, for the learner's own tutor.</summary>
internal sealed class RecentActivities(ActivityReader reader, TimeProvider time)
{
    private const int MaxErrors = 5;
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <summary>The learner's activity in the notebook, or in any.</summary>
    public async Task<RecentActivity> ReadAsync(string course, string learner, string? notebook, CancellationToken cancellationToken)
    {
        var executions = (await reader.OfLearnerAsync(course, learner, time.GetUtcNow() - Window, cancellationToken))
            .Where(one => one.Success is not null && (notebook is null || one.Notebook == notebook))
            .ToList();
        var failures = executions.Where(one => one.Success is false).ToList();
        return new RecentActivity(
            executions.Count,
            failures.Count,
            [
                .. failures.GroupBy(one => one.Error ?? "Error")
                    .Select(errors => new RepeatedError(errors.Key, errors.Count()))
                    .OrderByDescending(error => error.Count).ThenBy(error => error.Name, StringComparer.Ordinal)
                    .Take(MaxErrors),
            ]);
    }
}
