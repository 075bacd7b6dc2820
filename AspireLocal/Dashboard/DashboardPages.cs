using System.Text;
using Lyceum.AspireLocal.Running;
using Lyceum.AspireLocal.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>The dashboard's pages. The page's script fetches each again while it is open and puts in what has changed.</summary>
internal static class DashboardPages
{
    public static void MapPages(this IEndpointRouteBuilder app)
    {
        app.MapGet("/", (ResourceTable table, TimeProvider time) =>
            Show("Resources", "/", ResourcesPage.Render(table, time.GetUtcNow())));
        app.MapGet("/resources/{name}", (string name, ResourceTable table) => table.Find(name) is { } resource
            ? Show(name, "/", ResourcePage.Render(resource))
            : Missing($"There is no resource '{name}'."));
        app.MapPost("/resources/{name}/{command}", RunCommandAsync);
        app.MapGet("/console", (string? resource, ResourceTable table) =>
            Show("Console logs", "/console", ConsolePage.Render(table, resource)));
        app.MapGet("/logs", (string? resource, string? level, string? text, string? trace, ResourceTable table, TelemetryStore store) =>
            Show("Structured logs", "/logs", LogsPage.Render(table, store, new LogFilter(resource, level, text, trace))));
        app.MapGet("/traces", (string? resource, ResourceTable table, TelemetryStore store) =>
            Show("Traces", "/traces", TracesPage.Render(table, store, resource)));
        app.MapGet("/traces/{id}", (string id, TelemetryStore store) => store.FindTrace(id) is { } trace
            ? Show($"{trace.Root.Resource}: {trace.Root.Name}", "/traces", TracePage.Render(trace))
            : Missing($"There is no trace '{id}', or it is too old to be kept."));
        app.MapGet("/metrics", (string? resource, string? metric, ResourceTable table, TelemetryStore store) =>
            Show("Metrics", "/metrics", MetricsPage.Render(table, store, resource, metric)));
        app.MapGet("/assets/dashboard.css", () => Asset("dashboard.css", "text/css; charset=utf-8"));
        app.MapGet("/assets/dashboard.js", () => Asset("dashboard.js", "text/javascript; charset=utf-8"));
    }

    private static async Task<IResult> RunCommandAsync(string name, string command, ResourceTable table)
    {
        if (table.Find(name) is not { Instances.Count: > 0 } resource || command is not ("start" or "stop" or "restart"))
        {
            return Missing($"'{command}' is nothing that can be done with '{name}'.");
        }

        if (command is "stop" or "restart")
        {
            await Task.WhenAll(resource.Instances.Select(instance => instance.StopAsync()));
        }

        if (command is "start" or "restart")
        {
            foreach (var instance in resource.Instances)
            {
                instance.Start();
            }
        }

        return Results.Redirect($"/resources/{resource.Name}");
    }

    private static IResult Show(string title, string current, Markup content) =>
        Results.Text(Layout.Page(title, current, content).ToString(), "text/html; charset=utf-8", Encoding.UTF8);

    private static IResult Missing(string what) =>
        Results.Text(Layout.Page("Not found", "", Markup.Of($"<h1>Not found</h1><p>{what}</p>")).ToString(), "text/html; charset=utf-8", Encoding.UTF8, StatusCodes.Status404NotFound);

    private static IResult Asset(string name, string type) =>
        Results.Stream(typeof(DashboardPages).Assembly.GetManifestResourceStream(name)!, type);
}
