using Lyceum.TelemetryIngest.Activity;

namespace Lyceum.TelemetryIngest.Learners;

/// <summary>Finds the error that a learner is at: the last failure, unless the same cell has succeeded since.</summary>
internal sealed class LastErrors(ActivityReader reader, TimeProvider time)
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(7);

    /// <summary>The learner's last error in the notebook, or in any; null without one.</summary>
    public async Task<FailedExecution?> FindAsync(string course, string learner, string? notebook, CancellationToken cancellationToken)
    {
        HashSet<(string?, string?)> solved = [];
        foreach (var one in await reader.OfLearnerAsync(course, learner, time.GetUtcNow() - MaxAge, cancellationToken))
        {
            if (one.Success is not { } success || (notebook is not null && one.Notebook != notebook))
            {
                continue;
            }

            if (success)
            {
                solved.Add((one.Notebook, one.Cell));
                continue;
            }

            return solved.Contains((one.Notebook, one.Cell))
                ? null
                : (await reader.FailuresAsync([one.Id], cancellationToken)).GetValueOrDefault(one.Id);
        }

        return null;
    }
}
