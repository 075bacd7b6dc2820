using Lyceum.ServiceDefaults.Replicas;
using Lyceum.ServiceDefaults.Storage;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Model;

namespace Lyceum.Gateway.Routing;

/// <summary>
/// Sends what is about one kernel or session to the replica that has it. Where that cannot be told any replica gets it, and passes it on
/// or says what became of it.
/// </summary>
internal static partial class KernelOwners
{
    private const string Cluster = "kernelservice";

    public static async Task RouteAsync(HttpContext context, Func<Task> next)
    {
        var proxy = context.GetReverseProxyFeature();
        if (proxy.Cluster.Config.ClusterId == Cluster
            && (Named(context.Request.Path, "/api/kernels", ReplicaDirectory.Kernels) ?? Named(context.Request.Path, "/api/sessions", ReplicaDirectory.Sessions)) is var (kind, id)
            && await AddressAsync(context, kind, id) is { } address)
        {
            proxy.AvailableDestinations = new DestinationState(address, new DestinationModel(new DestinationConfig { Address = address }));
        }

        await next();
    }

    private static async Task<string?> AddressAsync(HttpContext context, string kind, string id)
    {
        try
        {
            return (await context.RequestServices.GetRequiredService<ReplicaDirectory>().FindAsync(kind, id)).Address?.ToString();
        }
        catch (Exception failure) when (RedisFailure.IsAway(failure))
        {
            LogAway(context.RequestServices.GetRequiredService<ILogger<ReplicaDirectory>>(), failure.Message);
            return null;
        }
    }

    private static (string Kind, string Id)? Named(PathString path, string prefix, string kind) =>
        path.StartsWithSegments(prefix, StringComparison.Ordinal, out var rest) && rest.Value is { Length: > 1 } named
            ? (kind, named[1..].Split('/', 2)[0])
            : null;

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis does not say which replica has a kernel; any of them gets the request: {Reason}")]
    private static partial void LogAway(ILogger logger, string reason);
}
