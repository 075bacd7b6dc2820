using Lyceum.AspireLocal.Running;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>One resource: its processes and their environment, without the secrets.</summary>
internal static class ResourcePage
{
    private static readonly string[] TellingWords = ["PASSWORD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "KEY"];

    public static Markup Render(RunningResource resource) => Markup.Of(
        $"""
        <h1>{Layout.Badge(resource.Name)} {ResourcesPage.State(resource)}</h1>
        {(resource.Reason is { Length: > 0 } reason ? Markup.Of($"<p class=\"why\">{reason}</p>") : Markup.Empty)}
        {(resource.Instances.Count > 0 ? Commands(resource) : Markup.Empty)}
        <p><a href="/console?resource={resource.Name}">Console</a> · <a href="/logs?resource={resource.Name}">Logs</a> ·
        <a href="/traces?resource={resource.Name}">Traces</a> · <a href="/metrics?resource={resource.Name}">Metrics</a></p>
        {resource.Instances.Select(Instance)}
        """);

    /// <summary>Whether a variable's value must stay here, by where it comes from or by its name.</summary>
    public static bool IsMasked(Variable variable) =>
        variable.IsSecret || TellingWords.Any(word => variable.Name.EndsWith(word, StringComparison.OrdinalIgnoreCase));

    private static Markup Commands(RunningResource resource) => Markup.Of(
        $"""<div class="commands">{(resource.State == ResourceState.Stopped ? Command(resource, "start", "Start") : Markup.Of($"{Command(resource, "restart", "Restart")}{Command(resource, "stop", "Stop")}"))}</div>""");

    private static Markup Command(RunningResource resource, string command, string label) => Markup.Of(
        $"""<form method="post" action="/resources/{resource.Name}/{command}"><button>{label}</button></form>""");

    private static Markup Instance(ProcessInstance instance) => Markup.Of(
        $"""
        <section><h2>{instance.Name}</h2>
        <dl class="pairs"><dt>State</dt><dd>{instance.State.ToString()}</dd>
        <dt>Process</dt><dd>{(instance.Pid is { } pid ? Markup.Of($"{pid}") : Markup.Of($"–"))}</dd>
        <dt>Started</dt><dd>{(instance.StartedAt is { } started ? Layout.Time(started) : Markup.Of($"–"))}</dd>
        <dt>Restarts</dt><dd>{instance.Restarts}</dd>
        <dt>Command</dt><dd><code>{instance.Plan.Command} {string.Join(' ', instance.Plan.Arguments)}</code></dd>
        <dt>Folder</dt><dd><code>{instance.Plan.WorkingDirectory}</code></dd></dl>
        <h3>Environment</h3>
        <table class="environment"><tbody>{instance.Plan.Variables.OrderBy(variable => variable.Name, StringComparer.Ordinal).Select(Row)}</tbody></table></section>
        """);

    private static Markup Row(Variable variable) => IsMasked(variable)
        ? Markup.Of($"""<tr><td><code>{variable.Name}</code></td><td class="masked" title="secret">••••••••</td></tr>""")
        : Markup.Of($"<tr><td><code>{variable.Name}</code></td><td><code>{variable.Value}</code></td></tr>");
}
