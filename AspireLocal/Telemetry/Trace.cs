namespace Lyceum.AspireLocal.Telemetry;

/// <summary>A span with its place in the trace.</summary>
/// <param name="Span">The span.</param>
/// <param name="Depth">How many spans it is inside of.</param>
internal sealed record PlacedSpan(SpanRecord Span, int Depth);

/// <summary>The spans of one trace, each below the one that caused it.</summary>
internal sealed record Trace(string Id, DateTimeOffset Start, TimeSpan Duration, IReadOnlyList<PlacedSpan> Spans)
{
    public SpanRecord Root => Spans[0].Span;

    public bool HasError => Spans.Any(placed => placed.Span.IsError);

    public IEnumerable<(string Resource, int Count)> Resources =>
        Spans.GroupBy(placed => placed.Span.Resource).Select(group => (group.Key, group.Count()));

    public static Trace Of(string id, IReadOnlyList<SpanRecord> spans)
    {
        var ids = spans.Select(span => span.SpanId).ToHashSet();
        var children = spans.ToLookup(span => span.ParentId is { } parent && ids.Contains(parent) ? parent : "");
        var placed = new List<PlacedSpan>(spans.Count);
        var pending = new Stack<(SpanRecord Span, int Depth)>();
        Push("", 0);
        while (pending.TryPop(out var next))
        {
            placed.Add(new PlacedSpan(next.Span, next.Depth));
            Push(next.Span.SpanId, next.Depth + 1);
        }

        // Spans that name each other as parents hang on no root; they are shown all the same.
        if (placed.Count < spans.Count)
        {
            var seen = placed.Select(known => known.Span).ToHashSet();
            placed.AddRange(spans.Where(span => !seen.Contains(span)).Select(span => new PlacedSpan(span, 0)));
        }

        var start = spans.Min(span => span.Start);
        return new Trace(id, start, spans.Max(span => span.Start + span.Duration) - start, placed);

        void Push(string parent, int depth)
        {
            foreach (var child in children[parent].OrderByDescending(span => span.Start))
            {
                pending.Push((child, depth));
            }
        }
    }
}
