namespace Lyceum.TelemetryIngest.Reports;

/// <summary>What a report is about.</summary>
/// <param name="From">The start, inclusive.</param>
/// <param name="To">The end, exclusive.</param>
/// <param name="Notebook">One notebook; null for all.</param>
internal sealed record ReportSpan(DateTimeOffset From, DateTimeOffset To, string? Notebook);
