using System.Globalization;
using Lyceum.AspireLocal.Running;
using Lyceum.AspireLocal.Telemetry;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>The metrics of a resource, and the chosen one drawn.</summary>
internal static class MetricsPage
{
    private const int Width = 600;
    private const int Height = 120;
    private const int Drawn = 24;

    public static Markup Render(ResourceTable table, TelemetryStore store, string? resource, string? metric)
    {
        var all = store.AllSeries();
        var chosen = string.IsNullOrEmpty(resource) ? (all.Count == 0 ? null : all[0].Key.Resource) : resource;
        var ofResource = all.Where(series => series.Key.Resource == chosen).ToArray();
        var names = ofResource.Select(series => series.Key.Metric).Distinct().Order(StringComparer.Ordinal).ToArray();
        var shown = names.Contains(metric) ? metric : names.FirstOrDefault();
        var drawn = ofResource.Where(series => series.Key.Metric == shown).Take(Drawn).ToArray();
        return Markup.Of(
            $"""
            <h1>Metrics</h1>
            <form class="filters" method="get" action="/metrics">{Layout.Choice("resource", "Resource", table.Processes.Select(known => known.Name), chosen)}<button>Show</button></form>
            {(drawn.Length == 0 ? Markup.Of($"<p class=\"empty\">No metric has arrived from this resource.</p>") : Body(chosen!, names, shown!, drawn))}
            """);
    }

    private static Markup Body(string resource, string[] names, string shown, Series[] drawn) => Markup.Of(
        $"""
        <div class="split"><nav class="metrics">{names.Select(name => Entry(resource, name, name == shown))}</nav>
        <div><h2>{shown}</h2><p>{drawn[0].Description}</p>{drawn.Select(Plot)}</div></div>
        """);

    private static Markup Entry(string resource, string name, bool current)
    {
        var address = $"/metrics?resource={Uri.EscapeDataString(resource)}&metric={Uri.EscapeDataString(name)}";
        return current
            ? Markup.Of($"""<a href="{address}" aria-current="page">{name}</a>""")
            : Markup.Of($"""<a href="{address}">{name}</a>""");
    }

    private static Markup Plot(Series series)
    {
        var points = series.Points;
        var first = points[0].Time;
        var span = Math.Max((points[^1].Time - first).TotalSeconds, 1);
        var low = Math.Min(points.Min(point => point.Value), 0);
        var high = Math.Max(points.Max(point => point.Value), low + 1e-9);
        var path = string.Join(' ', points.Select(point => string.Create(
            CultureInfo.InvariantCulture,
            $"{(point.Time - first).TotalSeconds / span * Width:0.#},{Height - ((point.Value - low) / (high - low) * (Height - 8)) - 4:0.#}")));
        return Markup.Of(
            $"""
            <figure><figcaption>{(series.Key.Attributes.Length == 0 ? series.Kind : series.Key.Attributes)} <strong>{points[^1].Value} {series.Unit}</strong></figcaption>
            <svg class="plot" viewBox="0 0 {Width} {Height}" preserveAspectRatio="none" role="img" aria-label="{series.Key.Metric}"><polyline points="{path}"/></svg>
            <div class="axis"><span>{low} to {high}</span><span>{Layout.Time(first)} – {Layout.Time(points[^1].Time)}</span></div></figure>
            """);
    }
}
