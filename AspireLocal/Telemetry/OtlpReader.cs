using System.Globalization;
using Google.Protobuf;
using Lyceum.AspireLocal.Telemetry.Otlp;

namespace Lyceum.AspireLocal.Telemetry;

/// <summary>Turns OTLP messages into what the dashboard keeps.</summary>
internal static class OtlpReader
{
    private const int MaxText = 4_096;
    private const int MaxAttributes = 64;

    private static readonly string[] Kinds = ["unspecified", "internal", "server", "client", "producer", "consumer"];

    public static IEnumerable<SpanRecord> Spans(TraceRequest request) =>
        from resource in request.ResourceSpans
        let name = NameOf(resource.Resource)
        from scope in resource.ScopeSpans
        from span in scope.Spans
        where span.TraceId.Length == 16 && span.SpanId.Length == 8
        select new SpanRecord(
            Hex(span.TraceId)!,
            Hex(span.SpanId)!,
            Hex(span.ParentSpanId),
            name,
            scope.Scope?.Name ?? "",
            Cut(TitleOf(span)),
            Kinds.ElementAtOrDefault(span.Kind) ?? Kinds[0],
            Time(span.StartTimeUnixNano),
            Time(span.EndTimeUnixNano) - Time(span.StartTimeUnixNano),
            span.Status?.Code == 2,
            span.Status?.Message is { Length: > 0 } message ? Cut(message) : null,
            Attributes(span.Attributes),
            [.. span.Events.Take(MaxAttributes).Select(moment => new SpanMoment(Time(moment.TimeUnixNano), Cut(moment.Name), Attributes(moment.Attributes)))]);

    public static IEnumerable<LogEntry> Logs(LogRequest request) =>
        from resource in request.ResourceLogs
        let name = NameOf(resource.Resource)
        from scope in resource.ScopeLogs
        from log in scope.LogRecords
        select new LogEntry(
            0,
            Time(log.TimeUnixNano == 0 ? log.ObservedTimeUnixNano : log.TimeUnixNano),
            name,
            Cut(scope.Scope?.Name ?? ""),
            Severity(log.SeverityNumber),
            Cut(Filled(log)),
            Hex(log.TraceId),
            Attributes(log.Attributes));

    public static void AddMetrics(MetricRequest request, TelemetryStore store)
    {
        foreach (var resource in request.ResourceMetrics)
        {
            var name = NameOf(resource.Resource);
            foreach (var metric in resource.ScopeMetrics.SelectMany(scope => scope.Metrics))
            {
                foreach (var point in metric.Gauge?.Points ?? metric.Sum?.Points ?? [])
                {
                    var value = point.ValueCase == NumberPoint.ValueOneofCase.Whole ? point.Whole : point.Real;
                    store.Add(Describe(name, metric, metric.Gauge is null ? "sum" : "gauge", point.Attributes), new MetricPoint(Time(point.TimeUnixNano), value));
                }

                foreach (var point in metric.Histogram?.Points ?? [])
                {
                    var mean = point.Count == 0 ? 0 : point.Sum / point.Count;
                    store.Add(Describe(name, metric, "mean", point.Attributes), new MetricPoint(Time(point.TimeUnixNano), mean));
                }
            }
        }
    }

    /// <summary>An HTTP span is best known by what was asked; .NET names it by the activity, the same for all.</summary>
    private static string TitleOf(Span span)
    {
        var method = Find(span, "http.request.method");
        var where = Find(span, "http.route") ?? Find(span, "url.path") ?? Find(span, "server.address");
        return method is null || where is null ? span.Name : $"{method} {where}";
    }

    private static string? Find(Span span, string key) =>
        span.Attributes.FirstOrDefault(attribute => attribute.Key == key) is { } found ? Text(found.Value) : null;

    private static Series Describe(string resource, Metric metric, string kind, IEnumerable<Otlp.Attribute> attributes) => new(
        new SeriesKey(resource, Cut(metric.Name), string.Join(", ", Attributes(attributes).Select(pair => $"{pair.Key}={pair.Value}"))),
        Cut(metric.Description), Cut(metric.Unit), kind, []);

    private static LogSeverity Severity(int number) => number switch
    {
        < 5 => LogSeverity.Trace,
        < 9 => LogSeverity.Debug,
        < 13 => LogSeverity.Information,
        < 17 => LogSeverity.Warning,
        < 21 => LogSeverity.Error,
        _ => LogSeverity.Critical,
    };

    /// <summary>.NET's exporter sends the template as the body and the values as attributes.</summary>
    private static string Filled(LogRecord log)
    {
        var body = Text(log.Body);
        foreach (var attribute in log.Attributes)
        {
            body = body.Replace($"{{{attribute.Key}}}", Text(attribute.Value), StringComparison.Ordinal);
        }

        return body;
    }

    private static List<KeyValuePair<string, string>> Attributes(IEnumerable<Otlp.Attribute> attributes) =>
        [.. attributes.Take(MaxAttributes).Select(attribute => KeyValuePair.Create(Cut(attribute.Key), Cut(Text(attribute.Value))))];

    private static string NameOf(Resource? resource) =>
        resource?.Attributes.FirstOrDefault(attribute => attribute.Key == "service.name") is { } named ? Cut(Text(named.Value)) : "unknown";

    private static string Text(Any? value) => value?.ValueCase switch
    {
        Any.ValueOneofCase.Text => value.Text,
        Any.ValueOneofCase.Flag => value.Flag ? "true" : "false",
        Any.ValueOneofCase.Whole => value.Whole.ToString(CultureInfo.InvariantCulture),
        Any.ValueOneofCase.Real => value.Real.ToString(CultureInfo.InvariantCulture),
        Any.ValueOneofCase.List => $"[{string.Join(", ", value.List.Values.Select(Text))}]",
        Any.ValueOneofCase.Map => $"{{{string.Join(", ", value.Map.Values.Select(pair => $"{pair.Key}: {Text(pair.Value)}"))}}}",
        Any.ValueOneofCase.Data => Convert.ToHexStringLower(value.Data.Span),
        _ => "",
    };

    private static string? Hex(ByteString id) => id.IsEmpty ? null : Convert.ToHexStringLower(id.Span);

    private static DateTimeOffset Time(ulong nanoseconds) =>
        DateTimeOffset.UnixEpoch.AddTicks((long)Math.Min(nanoseconds / 100, (ulong)(DateTimeOffset.MaxValue - DateTimeOffset.UnixEpoch).Ticks));

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText] + "…";
}
