using Lyceum.AspireLocal.Running;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>What a resource's processes wrote.</summary>
internal static class ConsolePage
{
    private const int Shown = 500;

    public static Markup Render(ResourceTable table, string? name)
    {
        var processes = table.Processes.ToArray();
        var resource = processes.FirstOrDefault(candidate => candidate.Name == name) ?? processes.FirstOrDefault();
        if (resource is null)
        {
            return Markup.Of($"<h1>Console logs</h1><p class=\"empty\">No resource runs a process.</p>");
        }

        var lines = resource.Console.After(0).TakeLast(Shown).ToArray();
        return Markup.Of(
            $"""
            <h1>Console logs</h1>
            <div class="tabs">{processes.Select(candidate => Tab(candidate, candidate == resource))}</div>
            {(lines.Length == 0 ? Markup.Of($"<p class=\"empty\">Nothing written yet.</p>") : Markup.Of($"<pre class=\"console\" data-stick>{lines.Select(line => Line(line, resource.Instances.Count > 1))}</pre>"))}
            """);
    }

    private static Markup Tab(RunningResource resource, bool current) => current
        ? Markup.Of($"""<a href="/console?resource={resource.Name}" aria-current="page">{resource.Name}</a>""")
        : Markup.Of($"""<a href="/console?resource={resource.Name}">{resource.Name}</a>""");

    private static Markup Line(ConsoleLine line, bool named) => Markup.Of(
        $"""<span class="{(line.IsError ? "line error" : "line")}"><span class="stamp">{Layout.Time(line.Time)}{(named ? $" {line.Source}" : "")}</span>{Plain(line.Text)}</span>""");

    /// <summary>Without the escape sequences that colour a terminal.</summary>
    private static string Plain(string text) =>
        text.Contains('\e', StringComparison.Ordinal) ? System.Text.RegularExpressions.Regex.Replace(text, "\e\\[[0-9;]*[A-Za-z]", "", System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromMilliseconds(100)) : text;
}
