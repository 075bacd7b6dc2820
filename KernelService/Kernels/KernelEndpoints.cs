using System.ComponentModel;
using System.Security.Claims;
using Lyceum.KernelService.Errors;
using Lyceum.KernelService.Kernelspecs;
using Lyceum.KernelService.Replicas;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.KernelService.Kernels;

internal static class KernelEndpoints
{
    public static void MapKernels(this IEndpointRouteBuilder routes)
    {
        routes.MapKernelspecs();
        var kernels = routes.MapGroup("/api/kernels");
        kernels.MapGet("", ListAsync);
        kernels.MapPost("", StartAsync);
        kernels.MapGet("{id}", Get);
        kernels.MapDelete("{id}", DeleteAsync);
        kernels.MapPost("{id}/interrupt", InterruptAsync);
        kernels.MapPost("{id}/restart", RestartAsync);
    }

    public static IResult Unknown(string id) => JupyterError.NotFound($"Kernel does not exist: {id}");

    public static IResult Refused(KernelRefusal refusal, string? name, KernelPool pool) => refusal switch
    {
        KernelRefusal.UnknownSpec => JupyterError.NotFound(KernelspecEndpoints.Unknown(name ?? "")),
        KernelRefusal.UserFull => JupyterError.Result(
            StatusCodes.Status403Forbidden, $"You have {pool.MaxPerUser} kernels running, which is the most you may have: shut one down first."),
        _ => JupyterError.Result(
            StatusCodes.Status503ServiceUnavailable, $"All {pool.Max} kernels of this service are taken: try again later."),
    };

    public static IResult Failed(Exception exception) => exception is BadHttpRequestException refused
        ? JupyterError.Result(refused.StatusCode, refused.Message)
        : JupyterError.Result(StatusCodes.Status500InternalServerError, $"The kernel cannot be started: {exception.Message}");

    private static async Task<JsonHttpResult<IReadOnlyList<KernelModel>>> ListAsync(
        HttpRequest request, ClaimsPrincipal user, KernelPool pool, ReplicaListing replicas, CancellationToken cancellationToken)
    {
        IReadOnlyList<KernelModel> models = [.. pool.Of(user.Caller()).OrderBy(kernel => kernel.Id, StringComparer.Ordinal).Select(kernel => kernel.ToModel())];
        return TypedResults.Json(
            await replicas.UnionAsync(request, models, KernelJson.Default.IReadOnlyListKernelModel, cancellationToken), KernelJson.Default.IReadOnlyListKernelModel);
    }

    private static async Task<IResult> StartAsync(
        HttpRequest request, ClaimsPrincipal user, KernelPool pool, CancellationToken cancellationToken)
    {
        var start = await RequestBody.ReadAsync(request, KernelJson.Default.KernelStart, cancellationToken) ?? new KernelStart();
        try
        {
            var (kernel, refusal) = await pool.StartAsync(start, user.Caller(), cancellationToken);
            if (kernel is null)
            {
                return Refused(refusal, start.Name, pool);
            }

            request.HttpContext.Response.Headers.Location = $"/api/kernels/{kernel.Id}";
            return TypedResults.Json(kernel.ToModel(), KernelJson.Default.KernelModel, statusCode: StatusCodes.Status201Created);
        }
        catch (Exception exception) when (exception is Win32Exception or IOException)
        {
            return Failed(exception);
        }
    }

    private static IResult Get(string id, ClaimsPrincipal user, KernelPool pool) =>
        pool.Find(id, user.Caller()) is { } kernel ? TypedResults.Json(kernel.ToModel(), KernelJson.Default.KernelModel) : Unknown(id);

    private static async Task<IResult> DeleteAsync(string id, ClaimsPrincipal user, KernelPool pool)
    {
        if (pool.Find(id, user.Caller()) is not { } kernel)
        {
            return Unknown(id);
        }

        await pool.EndAsync(kernel);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> InterruptAsync(string id, ClaimsPrincipal user, KernelPool pool, CancellationToken cancellationToken)
    {
        if (pool.Find(id, user.Caller()) is not { } kernel)
        {
            return Unknown(id);
        }

        await kernel.InterruptAsync(cancellationToken);
        return TypedResults.NoContent();
    }

    private static async Task<IResult> RestartAsync(string id, ClaimsPrincipal user, KernelPool pool, CancellationToken cancellationToken)
    {
        if (pool.Find(id, user.Caller()) is not { } kernel)
        {
            return Unknown(id);
        }

        try
        {
            await kernel.RestartAsync(cancellationToken);
            return TypedResults.Json(kernel.ToModel(), KernelJson.Default.KernelModel);
        }
        catch (Exception exception) when (exception is KernelNotReadyException or Win32Exception or IOException)
        {
            return Failed(exception);
        }
    }
}
