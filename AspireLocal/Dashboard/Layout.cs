using System.Globalization;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>What all pages have around them and in common.</summary>
internal static class Layout
{
    private static readonly (string Path, string Name)[] Places =
    [
        ("/", "Resources"), ("/console", "Console"), ("/logs", "Logs"), ("/traces", "Traces"), ("/metrics", "Metrics"),
    ];

    public static Markup Page(string title, string current, Markup content) => Markup.Of(
        $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
        <title>{title} · Dashboard</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/assets/dashboard.css">
        <script src="/assets/dashboard.js" defer></script></head>
        <body><header><span class="brand">Dashboard</span><nav>{Places.Select(place => Place(place.Path, place.Name, current))}</nav>
        <button id="pause" type="button" aria-pressed="false" title="Stop refreshing">Pause</button></header>
        <main id="content">{content}</main></body></html>
        """);

    /// <summary>A choice that takes effect when it is made.</summary>
    public static Markup Choice(string name, string label, IEnumerable<string> values, string? chosen) => Markup.Of(
        $"""<label>{label} <select name="{name}"><option value="">All</option>{values.Select(value => Option(value, value == chosen))}</select></label>""");

    /// <summary>The same colour for the same resource on every page.</summary>
    public static Markup Badge(string resource) => Markup.Of(
        $"""<span class="badge hue-{Hue(resource)}">{resource}</span>""");

    public static int Hue(string name) => name.Aggregate(7, (sum, character) => ((sum * 31) + character) & 0xffff) % 8;

    public static string Duration(TimeSpan span) => span.TotalSeconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.00} s")
        : span.TotalMilliseconds >= 1
            ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.0} ms")
            : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMicroseconds:0} µs");

    public static Markup Time(DateTimeOffset time) => Markup.Of(
        $"""<time datetime="{time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)}">{time.UtcDateTime.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}</time>""");

    public static Markup Pairs(IEnumerable<KeyValuePair<string, string>> pairs) => Markup.Of(
        $"""<dl class="pairs">{pairs.Select(pair => Markup.Of($"<dt>{pair.Key}</dt><dd>{pair.Value}</dd>"))}</dl>""");

    private static Markup Place(string path, string name, string current) => path == current
        ? Markup.Of($"""<a href="{path}" aria-current="page">{name}</a>""")
        : Markup.Of($"""<a href="{path}">{name}</a>""");

    private static Markup Option(string value, bool chosen) => chosen
        ? Markup.Of($"""<option selected>{value}</option>""")
        : Markup.Of($"""<option>{value}</option>""");
}
