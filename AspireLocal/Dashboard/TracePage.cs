using Lyceum.AspireLocal.Telemetry;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>One trace as a waterfall: who called whom, when, for how long.</summary>
internal static class TracePage
{
    private const int Width = 1000;

    public static Markup Render(Trace trace) => Markup.Of(
        $"""
        <h1>{trace.Root.Resource}: {trace.Root.Name}</h1>
        <p>{Layout.Time(trace.Start)} · {Layout.Duration(trace.Duration)} · {trace.Spans.Count} spans · {trace.Resources.Select(part => Markup.Of($"{Layout.Badge(part.Resource)} "))} · <a href="/logs?trace={trace.Id}">Logs</a></p>
        <div class="waterfall">{trace.Spans.Select(placed => Row(trace, placed))}</div>
        """);

    private static Markup Row(Trace trace, PlacedSpan placed)
    {
        var span = placed.Span;
        var whole = Math.Max(trace.Duration.Ticks, 1);
        var left = (double)(span.Start - trace.Start).Ticks / whole * Width;
        var width = Math.Max((double)span.Duration.Ticks / whole * Width, 3);
        return Markup.Of(
            $"""
            <details id="span-{span.SpanId}"><summary><span class="what depth-{Math.Min(placed.Depth, 12)}">{Layout.Badge(span.Resource)} {span.Name}{(span.IsError ? Markup.Of($" <span class=\"state bad\">Error</span>") : Markup.Empty)}</span>
            <svg class="bar hue-{Layout.Hue(span.Resource)}" viewBox="0 0 {Width} 10" preserveAspectRatio="none" role="img" aria-label="{Layout.Duration(span.Duration)}"><rect x="{Math.Min(left, Width - 3)}" width="{width}" y="1" height="8" rx="2"/></svg>
            <span class="took">{Layout.Duration(span.Duration)}</span></summary>
            <p><code>{span.Scope}</code> {span.Kind}{(span.Message is null ? Markup.Empty : Markup.Of($" <span class=\"why\">{span.Message}</span>"))}</p>
            {Layout.Pairs(span.Attributes)}{span.Moments.Select(moment => Markup.Of($"<h4>{Layout.Time(moment.Time)} {moment.Name}</h4>{Layout.Pairs(moment.Attributes)}"))}</details>
            """);
    }
}
