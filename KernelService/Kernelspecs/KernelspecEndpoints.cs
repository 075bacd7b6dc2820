using Lyceum.KernelService.Errors;
using Microsoft.AspNetCore.StaticFiles;

namespace Lyceum.KernelService.Kernelspecs;

internal static class KernelspecEndpoints
{
    private static readonly FileExtensionContentTypeProvider ContentTypes = new();

    public static void AddKernelspecs(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<KernelspecsOptions>().BindConfiguration("Kernelspecs");
        builder.Services.AddSingleton<PythonPrefix>();
        builder.Services.AddSingleton<KernelspecCatalog>();
    }

    public static void MapKernelspecs(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/kernelspecs", ListAsync);
        routes.MapGet("/api/kernelspecs/{name}", GetAsync);
        routes.MapGet("/kernelspecs/{name}/{resource}", GetResourceAsync);
    }

    public static string Unknown(string name) => $"No such kernel: {name}. GET /api/kernelspecs lists those that are installed.";

    private static async Task<IResult> ListAsync(KernelspecCatalog catalog, CancellationToken cancellationToken)
    {
        var specs = await catalog.ListAsync(cancellationToken);
        var models = specs.ToDictionary(spec => spec.Key, spec => spec.Value.ToModel(), StringComparer.Ordinal);
        return TypedResults.Json(new KernelspecsModel(catalog.DefaultOf(specs), models), KernelspecJson.Default.KernelspecsModel);
    }

    private static async Task<IResult> GetAsync(string name, KernelspecCatalog catalog, CancellationToken cancellationToken) =>
        await catalog.FindAsync(name, cancellationToken) is { } spec
            ? TypedResults.Json(spec.ToModel(), KernelspecJson.Default.KernelspecModel)
            : JupyterError.NotFound(Unknown(name));

    private static async Task<IResult> GetResourceAsync(string name, string resource, KernelspecCatalog catalog, CancellationToken cancellationToken)
    {
        if (await catalog.FindAsync(name, cancellationToken) is not { } spec)
        {
            return JupyterError.NotFound(Unknown(name));
        }

        // Only names that the folder's listing gave are ever joined to a path.
        if (!spec.Resources().Values.Contains(resource, StringComparer.Ordinal))
        {
            return JupyterError.NotFound($"The kernelspec {name} has no resource {resource}.");
        }

        var type = ContentTypes.TryGetContentType(resource, out var known) ? known : "application/octet-stream";
        return TypedResults.PhysicalFile(Path.Combine(spec.Folder, resource), type);
    }
}
