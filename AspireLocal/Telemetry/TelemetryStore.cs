namespace Lyceum.AspireLocal.Telemetry;

/// <summary>The latest telemetry of the application, in memory; what is older falls out.</summary>
internal sealed class TelemetryStore
{
    private const int MaxTraces = 500;
    private const int MaxSpansOfTrace = 2_000;
    private const int MaxLogs = 10_000;
    private const int MaxSeries = 2_000;
    private const int MaxPoints = 240;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<SpanRecord>> _traces = [];
    private readonly Queue<string> _traceOrder = new();
    private readonly Ring<LogEntry> _logs = new(MaxLogs);
    private readonly Dictionary<SeriesKey, (Series Series, Ring<MetricPoint> Points)> _series = [];
    private long _lastLog;

    public void Add(IEnumerable<SpanRecord> spans)
    {
        lock (_lock)
        {
            foreach (var span in spans)
            {
                if (!_traces.TryGetValue(span.TraceId, out var trace))
                {
                    _traces[span.TraceId] = trace = [];
                    _traceOrder.Enqueue(span.TraceId);
                    if (_traceOrder.Count > MaxTraces)
                    {
                        _traces.Remove(_traceOrder.Dequeue());
                    }
                }

                // An exporter that got no answer sends again.
                if (trace.Count < MaxSpansOfTrace && !trace.Exists(known => known.SpanId == span.SpanId))
                {
                    trace.Add(span);
                }
            }
        }
    }

    public void Add(IEnumerable<LogEntry> entries)
    {
        lock (_lock)
        {
            foreach (var entry in entries)
            {
                _logs.Add(entry with { Number = ++_lastLog });
            }
        }
    }

    public void Add(Series description, MetricPoint point)
    {
        lock (_lock)
        {
            if (!_series.TryGetValue(description.Key, out var known))
            {
                if (_series.Count >= MaxSeries)
                {
                    return;
                }

                _series[description.Key] = known = (description, new Ring<MetricPoint>(MaxPoints));
            }

            known.Points.Add(point);
        }
    }

    /// <summary>The traces, the newest first.</summary>
    public IReadOnlyList<Trace> Traces()
    {
        lock (_lock)
        {
            return [.. _traceOrder.Reverse().Select(id => Trace.Of(id, _traces[id])).OrderByDescending(trace => trace.Start)];
        }
    }

    public Trace? FindTrace(string id)
    {
        lock (_lock)
        {
            return _traces.TryGetValue(id, out var spans) ? Trace.Of(id, spans) : null;
        }
    }

    /// <summary>The log entries, the newest first.</summary>
    public IReadOnlyList<LogEntry> Logs(Func<LogEntry, bool> wanted, int count)
    {
        lock (_lock)
        {
            return [.. _logs.ToList().Reverse().Where(wanted).Take(count)];
        }
    }

    public IReadOnlyList<Series> AllSeries()
    {
        lock (_lock)
        {
            return [.. _series.Values.Select(known => known.Series with { Points = known.Points.ToList() })];
        }
    }
}
