using Lyceum.TelemetryIngest.Metrics;
using Lyceum.TelemetryIngest.Progress;

namespace Lyceum.TelemetryIngest.Reports;

/// <summary>Puts together what a lab session came to.</summary>
internal sealed class SessionReports(MetricsReader metrics, TutorUseReader tutor, ProgressReader progress)
{
    /// <summary>The report; null when there were more executions than may be counted at once.</summary>
    public async Task<SessionReport?> ReadAsync(string course, ReportSpan span, CancellationToken cancellationToken)
    {
        if (await metrics.ReadAsync(course, span.From, span.To, span.Notebook, cancellationToken) is not { } found
            || await metrics.ErrorsAsync(course, span.From, span.To, span.Notebook, cancellationToken) is not { } errors)
        {
            return null;
        }

        var use = await tutor.ReadAsync(course, span, cancellationToken);
        var exercises = (await progress.ReadAsync(course, span.Notebook, cancellationToken)).Cells;
        return new SessionReport(course, span, found, errors, use, exercises);
    }
}
