using Lyceum.AspireLocal.Running;
using Lyceum.AspireLocal.Telemetry;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>Which log entries are wanted.</summary>
internal sealed record LogFilter(string? Resource, string? Level, string? Text, string? Trace)
{
    public LogSeverity Least => Enum.TryParse<LogSeverity>(Level, ignoreCase: true, out var level) ? level : LogSeverity.Trace;

    public bool Wants(LogEntry entry) =>
        (string.IsNullOrEmpty(Resource) || entry.Resource == Resource)
        && entry.Severity >= Least
        && (string.IsNullOrEmpty(Trace) || entry.TraceId == Trace)
        && (string.IsNullOrEmpty(Text) || entry.Message.Contains(Text, StringComparison.OrdinalIgnoreCase) || entry.Category.Contains(Text, StringComparison.OrdinalIgnoreCase));
}

/// <summary>The structured logs that arrived over OTLP.</summary>
internal static class LogsPage
{
    private const int Shown = 300;

    public static Markup Render(ResourceTable table, TelemetryStore store, LogFilter filter)
    {
        var entries = store.Logs(filter.Wants, Shown);
        return Markup.Of(
            $"""
            <h1>Structured logs</h1>
            <form class="filters" method="get" action="/logs">
            {Layout.Choice("resource", "Resource", table.Processes.Select(resource => resource.Name), filter.Resource)}
            {Layout.Choice("level", "Level from", Enum.GetNames<LogSeverity>(), filter.Level)}
            <label>Text <input name="text" type="search" value="{filter.Text}"></label>
            {(string.IsNullOrEmpty(filter.Trace) ? Markup.Empty : Markup.Of($"""<label>Trace <input name="trace" value="{filter.Trace}"></label>"""))}
            <button>Filter</button></form>
            {(entries.Count == 0 ? Markup.Of($"<p class=\"empty\">No entry matches.</p>") : Markup.Of($"<div class=\"rows\">{entries.Select(Entry)}</div>"))}
            """);
    }

    private static Markup Entry(LogEntry entry)
    {
        var level = entry.Severity.ToString();
        var tone = entry.Severity >= LogSeverity.Error ? "bad" : entry.Severity == LogSeverity.Warning ? "warn" : "idle";
        return Markup.Of(
            $"""
            <details id="log-{entry.Number}"><summary>{Layout.Time(entry.Time)} {Layout.Badge(entry.Resource)} <span class="state {tone}">{level}</span> <span class="message">{entry.Message}</span></summary>
            <p><code>{entry.Category}</code> {(entry.TraceId is { } trace ? Markup.Of($"""<a href="/traces/{trace}">Trace</a>""") : Markup.Empty)}</p>{Layout.Pairs(entry.Attributes)}</details>
            """);
    }
}
