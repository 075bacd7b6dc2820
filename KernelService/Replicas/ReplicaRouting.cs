using Lyceum.KernelService.Errors;
using Lyceum.KernelService.Kernels;
using Lyceum.KernelService.Sessions;
using Lyceum.ServiceDefaults.Replicas;
using Lyceum.ServiceDefaults.Storage;

namespace Lyceum.KernelService.Replicas;

/// <summary>Sends what is about another replica's kernel or session there, and says so when that replica has gone.</summary>
internal static class ReplicaRouting
{
    public static void AddReplicas(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ReplicasOptions>().BindConfiguration("Replicas").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Replicas>();
        builder.Services.AddHttpClient(ReplicaListing.HttpClientName);
        builder.Services.AddSingleton<ReplicaListing>();
        builder.Services.AddHttpForwarder();
        builder.Services.AddSingleton<ReplicaForwarder>();
        if (builder.TryAddReplicaDirectory())
        {
            builder.Services.AddHostedService<ReplicaHeartbeat>();
        }
    }

    public static void UseReplicas(this WebApplication app)
    {
        if (app.Services.GetService<IServiceProviderIsService>()?.IsService(typeof(ReplicaDirectory)) is true)
        {
            app.Use(RouteAsync);
        }
    }

    private static async Task RouteAsync(HttpContext context, RequestDelegate next)
    {
        var services = context.RequestServices;
        if (context.User.Identity?.IsAuthenticated is not true || ReplicaForwarder.HasHopped(context.Request)
            || (Named(context.Request.Path, "/api/kernels", ReplicaDirectory.Kernels) ?? Named(context.Request.Path, "/api/sessions", ReplicaDirectory.Sessions)) is not var (kind, id)
            || (kind == ReplicaDirectory.Kernels ? services.GetRequiredService<KernelPool>().Has(id) : services.GetRequiredService<SessionList>().Has(id)))
        {
            await next(context);
            return;
        }

        ReplicaOwner owner;
        try
        {
            owner = await services.GetRequiredService<ReplicaDirectory>().FindAsync(kind, id);
        }
        catch (Exception failure) when (RedisFailure.IsAway(failure))
        {
            await JupyterError.Result(StatusCodes.Status503ServiceUnavailable, "Which replica has this cannot be told right now: try again in a moment.").ExecuteAsync(context);
            return;
        }

        if (owner.IsLost && Replicas.MayComeBack(owner))
        {
            await JupyterError.Result(StatusCodes.Status503ServiceUnavailable, "The replica that runs this kernel is away and may come back with it: try again in a moment.").ExecuteAsync(context);
        }
        else if (owner.IsLost)
        {
            // Jupyter's clients take a 404 for the end of a kernel.
            await JupyterError.NotFound(kind == ReplicaDirectory.Kernels
                ? $"Kernel does not exist: {id}. The replica that ran it has gone, and with it the kernel's variables: start another."
                : $"Session not found: session_id='{id}'. The replica that had it has gone, and with it the kernel: open the notebook again.").ExecuteAsync(context);
        }
        else if (owner.Address is not null && owner.Id != services.GetRequiredService<Replicas>().Self)
        {
            await services.GetRequiredService<ReplicaForwarder>().ForwardAsync(context, owner);
        }
        else
        {
            await next(context);
        }
    }

    private static (string Kind, string Id)? Named(PathString path, string prefix, string kind) =>
        path.StartsWithSegments(prefix, StringComparison.Ordinal, out var rest) && rest.Value is { Length: > 1 } named
            ? (kind, named[1..].Split('/', 2)[0])
            : null;
}
