using Lyceum.Gateway.Accounts;
using Lyceum.Gateway.Limits;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Replicas;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.ServiceDiscovery;
using Yarp.ReverseProxy.Transforms;

namespace Lyceum.Gateway.Routing;

/// <summary>Passes requests on to the services, with the caller's identity in place of the caller's credentials.</summary>
internal static class RoutingEndpoints
{
    // A model may think for minutes before its first word; kernels' WebSockets are pinged every 30 s.
    private static readonly TimeSpan ActivityTimeout = TimeSpan.FromMinutes(10);

    public static void AddRouting(this IHostApplicationBuilder builder)
    {
        builder.TryAddReplicaDirectory();
        builder.Services.AddSingleton<IDestinationResolver, ServiceDestinationResolver>();
        // The first writer that can, writes: before the default one.
        builder.Services.Insert(0, ServiceDescriptor.Singleton<IProblemDetailsWriter, DialectProblemWriter>());
        var limits = builder.Configuration.GetSection("Limits").Get<LimitsOptions>() ?? new LimitsOptions();
        builder.Services.AddReverseProxy()
            .LoadFromMemory([.. PathTable.Rules.Select(rule => Route(rule, limits))], [.. PathTable.Rules.Select(rule => rule.Service).Distinct().Select(Cluster)])
            .AddTransforms(context => context.AddRequestTransform(ReplaceIdentity));
    }

    public static void MapRouting(this IEndpointRouteBuilder routes) => routes.MapReverseProxy(proxy =>
    {
        if (routes.ServiceProvider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(ReplicaDirectory)))
        {
            proxy.Use(KernelOwners.RouteAsync);
        }

        proxy.UseSessionAffinity();
        proxy.UseLoadBalancing();
        proxy.UsePassiveHealthChecks();
    });

    private static RouteConfig Route(PathRule rule, LimitsOptions limits) => new()
    {
        RouteId = rule.Pattern,
        ClusterId = rule.Service,
        Match = new RouteMatch { Path = rule.Pattern },
        AuthorizationPolicy = rule.Policy,
        MaxRequestBodySize = rule.MaxBody ?? MaxBodyOf(rule, limits),
        Metadata = new Dictionary<string, string> { [nameof(Dialect)] = rule.Dialect.ToString(), [nameof(PathRule.NamesStudents)] = rule.NamesStudents.ToString() },
    };

    private static long MaxBodyOf(PathRule rule, LimitsOptions limits) =>
        limits.MaxRequestBodySizeOf.TryGetValue(rule.Service, out var size) ? Math.Min(size, limits.MaxRequestBodySize) : limits.MaxRequestBodySize;

    private static ClusterConfig Cluster(string service) => new()
    {
        ClusterId = service,
        Destinations = new Dictionary<string, DestinationConfig> { [service] = new() { Address = $"http://{service}" } },
        HttpRequest = new ForwarderRequestConfig { ActivityTimeout = ActivityTimeout },
    };

    private static ValueTask ReplaceIdentity(RequestTransformContext context)
    {
        var headers = context.ProxyRequest.Headers;
        headers.Remove("Authorization");
        headers.Remove("Cookie");
        headers.Remove(IdentityHeader.Name);
        context.Query.Collection.Remove("token");
        var tokens = context.HttpContext.RequestServices.GetRequiredService<IdentityTokens>();
        headers.Add(IdentityHeader.Name, tokens.Issue(Caller(context.HttpContext)));
        return ValueTask.CompletedTask;
    }

    private static CallerIdentity Caller(HttpContext http)
    {
        var caller = http.User.Caller();
        var names = http.GetReverseProxyFeature().Route.Config.Metadata?[nameof(PathRule.NamesStudents)] == bool.TrueString && caller.Roles.Contains(Roles.Instructor);
        return names ? caller with { Source = new LearnerSource("student_id", http.RequestServices.GetRequiredService<Pseudonyms>().KeyOf(caller.Course)) } : caller;
    }
}
