using Lyceum.AspireLocal.Running;
using Lyceum.AspireLocal.Telemetry;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>The latest traces.</summary>
internal static class TracesPage
{
    private const int Shown = 100;

    public static Markup Render(ResourceTable table, TelemetryStore store, string? resource)
    {
        var traces = store.Traces()
            .Where(trace => string.IsNullOrEmpty(resource) || trace.Resources.Any(part => part.Resource == resource))
            .Take(Shown)
            .ToArray();
        return Markup.Of(
            $"""
            <h1>Traces</h1>
            <form class="filters" method="get" action="/traces">{Layout.Choice("resource", "Resource", table.Processes.Select(known => known.Name), resource)}<button>Filter</button></form>
            {(traces.Length == 0 ? Markup.Of($"<p class=\"empty\">No trace has arrived.</p>") : Table(traces))}
            """);
    }

    private static Markup Table(IEnumerable<Trace> traces) => Markup.Of(
        $"""
        <table class="wide"><thead><tr><th>Time</th><th>Name</th><th>Resources</th><th>Duration</th></tr></thead><tbody>{traces.Select(Row)}</tbody></table>
        """);

    private static Markup Row(Trace trace) => Markup.Of(
        $"""
        <tr><td data-label="Time">{Layout.Time(trace.Start)}</td>
        <td data-label="Name"><a href="/traces/{trace.Id}">{trace.Root.Resource}: {trace.Root.Name}</a>{(trace.HasError ? Markup.Of($" <span class=\"state bad\">Error</span>") : Markup.Empty)}</td>
        <td data-label="Resources">{trace.Resources.Select(part => Markup.Of($"{Layout.Badge(part.Resource)}<small>×{part.Count}</small> "))}</td>
        <td data-label="Duration">{Layout.Duration(trace.Duration)}</td></tr>
        """);
}
