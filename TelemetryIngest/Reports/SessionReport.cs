using Lyceum.TelemetryIngest.Metrics;
using Lyceum.TelemetryIngest.Progress;

namespace Lyceum.TelemetryIngest.Reports;

/// <summary>What a lab session came to.</summary>
/// <param name="Course">The course.</param>
/// <param name="Span">When, and in which notebook.</param>
/// <param name="Metrics">What the executions come to.</param>
/// <param name="Errors">The most frequent errors first.</param>
/// <param name="Use">What the tutor was asked.</param>
/// <param name="Exercises">What is known of the notebook's cells.</param>
internal sealed record SessionReport(
    string Course, ReportSpan Span, CourseMetrics Metrics, IReadOnlyList<MetError> Errors, TutorUse Use, IReadOnlyList<ExerciseProgress> Exercises);
