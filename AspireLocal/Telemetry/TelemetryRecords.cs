namespace Lyceum.AspireLocal.Telemetry;

/// <summary>A span of a trace.</summary>
internal sealed record SpanRecord(
    string TraceId,
    string SpanId,
    string? ParentId,
    string Resource,
    string Scope,
    string Name,
    string Kind,
    DateTimeOffset Start,
    TimeSpan Duration,
    bool IsError,
    string? Message,
    IReadOnlyList<KeyValuePair<string, string>> Attributes,
    IReadOnlyList<SpanMoment> Moments);

/// <summary>Something that happened during a span, such as an exception.</summary>
internal sealed record SpanMoment(DateTimeOffset Time, string Name, IReadOnlyList<KeyValuePair<string, string>> Attributes);

/// <summary>A structured log entry.</summary>
internal sealed record LogEntry(
    long Number,
    DateTimeOffset Time,
    string Resource,
    string Category,
    LogSeverity Severity,
    string Message,
    string? TraceId,
    IReadOnlyList<KeyValuePair<string, string>> Attributes);

/// <summary>How grave a log entry is.</summary>
internal enum LogSeverity
{
    Trace,
    Debug,
    Information,
    Warning,
    Error,
    Critical,
}

/// <summary>A value of a metric.</summary>
internal sealed record MetricPoint(DateTimeOffset Time, double Value);

/// <summary>What a series of values belongs to.</summary>
internal sealed record SeriesKey(string Resource, string Metric, string Attributes);

/// <summary>The last values of one series.</summary>
internal sealed record Series(
    SeriesKey Key, string Description, string Unit, string Kind, IReadOnlyList<MetricPoint> Points);
