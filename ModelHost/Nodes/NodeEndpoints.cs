using System.Text.Json;
using Lyceum.ModelHost.Scheduling;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ModelHost.Nodes;

/// <summary><c>/nodes</c>: what the nodes do, and which are to be taken out of service. For the owner.</summary>
internal static class NodeEndpoints
{
    public static void MapNodes(this IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/nodes").RequireAuthorization(policy => policy.RequireRole(Roles.Owner));
        nodes.MapGet("/", ListAsync);
        nodes.MapGet("/{name}", Find);
        nodes.MapPatch("/{name}", ChangeAsync);
    }

    private static async Task<JsonHttpResult<NodeList>> ListAsync(NodeFleet fleet, ModelScheduler scheduler, CancellationToken cancellationToken)
    {
        await fleet.RefreshAsync(away: false, cancellationToken);
        return TypedResults.Json(new NodeList([.. fleet.Nodes.Select(node => scheduler.Look(() => StatusOf(node)))]), NodeJson.Default.NodeList);
    }

    private static Results<JsonHttpResult<NodeStatus>, ProblemHttpResult> Find(string name, NodeFleet fleet, ModelScheduler scheduler) =>
        Named(fleet, name) is { } node ? Shown(node, scheduler) : Unknown(name);

    private static async Task<Results<JsonHttpResult<NodeStatus>, ProblemHttpResult>> ChangeAsync(
        string name, HttpContext context, NodeFleet fleet, NodeDrains drains, ModelScheduler scheduler)
    {
        if (Named(fleet, name) is not { } node)
        {
            return Unknown(name);
        }

        if (await ReadAsync(context) is not { Drain: { } drain })
        {
            return TypedResults.Problem("drain must be true or false", statusCode: StatusCodes.Status400BadRequest);
        }

        await drains.SetAsync(node, drain);
        return Shown(node, scheduler);
    }

    private static async Task<NodeChange?> ReadAsync(HttpContext context)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(context.Request.Body, NodeJson.Default.NodeChange, context.RequestAborted);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static ModelNode? Named(NodeFleet fleet, string name) => fleet.Nodes.FirstOrDefault(node => node.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    private static ProblemHttpResult Unknown(string name) => TypedResults.Problem($"there is no node '{name}'", statusCode: StatusCodes.Status404NotFound);

    private static JsonHttpResult<NodeStatus> Shown(ModelNode node, ModelScheduler scheduler) =>
        TypedResults.Json(scheduler.Look(() => StatusOf(node)), NodeJson.Default.NodeStatus);

    private static NodeStatus StatusOf(ModelNode node) => new(
        node.Name,
        node.Address,
        node.Kind is NodeKind.OpenAi ? "openai" : "ollama",
        !node.Healthy ? "away" : node.Breaker.State is BreakerState.Open ? "failing" : node.IsDraining ? "draining" : "ready",
        node.IsDraining,
        node.Settings.Dns,
        node.Parallel,
        node.Weight,
        node.Work.Running,
        node.Work.Outstanding,
        node.Work.Loading,
        [.. node.Work.Loaded.Order(StringComparer.OrdinalIgnoreCase)],
        [.. (node.Models ?? []).Select(model => model.Name)],
        node.Version);
}
