using Aspire.Hosting.ApplicationModel;
using Lyceum.AspireLocal.Running;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>All resources: what they are, what they do, where they listen.</summary>
internal static class ResourcesPage
{
    public static Markup Render(ResourceTable table, DateTimeOffset now) => Markup.Of(
        $"""
        <h1>Resources</h1>
        <table class="wide"><thead><tr><th>Name</th><th>State</th><th>Running for</th><th>Restarts</th><th>Endpoints</th><th></th></tr></thead>
        <tbody>{table.Processes.Select(resource => Row(resource, now))}</tbody></table>
        <h2>Values</h2>
        <table class="wide"><tbody>{table.All.Except(table.Processes).Select(Value)}</tbody></table>
        """);

    public static Markup State(RunningResource resource)
    {
        var (text, tone) = (resource.State, resource.IsHealthy) switch
        {
            (ResourceState.Running, true) => ("Running", "good"),
            (ResourceState.Running, false) => ("Unhealthy", "warn"),
            (ResourceState.Running, null) => ("Running", "busy"),
            (ResourceState.Available, _) => ("Available", "good"),
            (ResourceState.Waiting or ResourceState.Starting, _) => (resource.State.ToString(), "busy"),
            (ResourceState.Restarting, _) => ("Restarting", "warn"),
            (ResourceState.FailedToStart, _) => ("Failed to start", "bad"),
            (ResourceState.Exited, _) => ("Exited", "bad"),
            var (other, _) => (other.ToString(), "idle"),
        };
        return Markup.Of($"""<span class="state {tone}">{text}</span>""");
    }

    public static string Kind(IResource resource) => resource switch
    {
        ProjectResource => "project",
        ExecutableResource => "executable",
        ParameterResource => "parameter",
        IResourceWithConnectionString => "connection string",
        _ => "resource",
    };

    private static Markup Row(RunningResource resource, DateTimeOffset now) => Markup.Of(
        $"""
        <tr><td data-label="Name"><a class="name" href="/resources/{resource.Name}">{Layout.Badge(resource.Name)}</a> <small>{Kind(resource.Resource)}</small></td>
        <td data-label="State">{State(resource)}{Why(resource)}</td>
        <td data-label="Running for">{(resource.StartedAt is { } started && resource.State == ResourceState.Running ? Age(now - started) : "–")}</td>
        <td data-label="Restarts">{resource.Restarts}</td>
        <td data-label="Endpoints">{resource.Links.Select(ToMarkup)}</td>
        <td><a href="/console?resource={resource.Name}">Console</a></td></tr>
        """);

    private static Markup Value(RunningResource resource) => Markup.Of(
        $"""<tr><td>{resource.Name} <small>{Kind(resource.Resource)}</small></td><td>{State(resource)}</td></tr>""");

    private static Markup Why(RunningResource resource) =>
        resource.Reason is { Length: > 0 } reason ? Markup.Of($"<div class=\"why\">{reason}</div>") : Markup.Empty;

    private static Markup ToMarkup(Link link) => link.Url.StartsWith("http", StringComparison.Ordinal)
        ? Markup.Of($"""<a href="{link.Url}" target="_blank" rel="noreferrer">{link.Text}</a> """)
        : Markup.Of($"<code>{link.Text}</code> ");

    private static string Age(TimeSpan span) => span switch
    {
        { TotalHours: >= 1 } => $"{(int)span.TotalHours} h {span.Minutes} min",
        { TotalMinutes: >= 1 } => $"{span.Minutes} min {span.Seconds} s",
        _ => $"{span.Seconds} s",
    };
}
