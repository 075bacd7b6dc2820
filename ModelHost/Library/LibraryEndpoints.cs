using Lyceum.ModelHost.Api;
using Lyceum.ModelHost.Nodes;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.ModelHost.Library;

/// <summary>
/// Which models the nodes hold: Ollama's endpoints that change it, for the owner only. The header <c>X-Lyceum-Node</c> names the
/// nodes meant, by host and port and separated by commas; without it all are meant.
/// </summary>
internal static class LibraryEndpoints
{
    // A model of 400 billion parameters at four bits, and some room.
    private const long MaxBlob = 256L << 30;

    // Ollama's own service: a key of the institution's node would be used in a student's name, and prompts would leave the house.
    private static readonly string[] CloudPaths =
        ["/api/push", "/api/me", "/api/signout", "/api/status", "/api/web_search", "/api/web_fetch", "/api/experimental/{**rest}"];

    public static void AddLibrary(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LibraryNodes>();
        builder.Services.AddSingleton<NodeProgress>();
        builder.Services.AddSingleton<ProgressMerge>();
        builder.Services.AddSingleton<LibraryChange>();
        builder.Services.AddSingleton<BlobCopies>();
    }

    public static void MapLibrary(this IEndpointRouteBuilder routes)
    {
        var owner = routes.MapGroup("/api").RequireAuthorization(policy => policy.RequireRole(Roles.Owner));
        owner.MapPost("/pull", (HttpContext context, ProgressMerge progress) => progress.RunAsync(context, "/api/pull"));
        owner.MapPost("/create", (HttpContext context, ProgressMerge progress) => progress.RunAsync(context, "/api/create"));
        owner.MapPost("/copy", (HttpContext context, LibraryChange change) => change.RunAsync(context, HttpMethod.Post, "/api/copy"));
        owner.MapDelete("/delete", (HttpContext context, LibraryChange change) => change.RunAsync(context, HttpMethod.Delete, "/api/delete"));
        owner.MapMethods("/blobs/{digest}", [HttpMethods.Head], (string digest, HttpContext context, BlobCopies blobs) => blobs.FindAsync(context, digest));
        owner.MapPost("/blobs/{digest}", (string digest, HttpContext context, BlobCopies blobs) => blobs.StoreAsync(context, digest))
            .WithMetadata(new Microsoft.AspNetCore.Mvc.RequestSizeLimitAttribute(MaxBlob));

        foreach (var path in CloudPaths)
        {
            routes.Map(path, (HttpContext context) =>
                context.WriteErrorAsync(StatusCodes.Status403Forbidden, $"{context.Request.Path} belongs to Ollama's cloud service, which is not offered here"));
        }
    }
}

/// <summary>Reads which nodes an operator means.</summary>
internal sealed class LibraryNodes(NodeFleet fleet)
{
    public const string Header = "X-Lyceum-Node";

    /// <exception cref="BadHttpRequestException">There are no nodes, or none of a name that is given.</exception>
    public IReadOnlyList<ModelNode> Chosen(HttpRequest request)
    {
        // Only Ollama can be told which models to hold.
        ModelNode[] able = [.. fleet.Nodes.Where(node => node.Kind is NodeKind.Ollama)];
        if (able.Length == 0)
        {
            throw new BadHttpRequestException("no model node is configured that models could be put on: set Nodes__0 to the URL of one that runs Ollama");
        }

        string[] names = [.. request.Headers[Header].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))];
        return names.Length == 0 ? able : [.. names.Distinct(StringComparer.OrdinalIgnoreCase).Select(Named)];

        ModelNode Named(string name) => able.FirstOrDefault(node => node.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new BadHttpRequestException($"{Header} names '{name}', which is no node that runs Ollama: write some of {string.Join(", ", able.Select(node => node.Name))}");
    }
}
