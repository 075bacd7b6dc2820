using System.Globalization;
using System.Threading.RateLimiting;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.LearningEvents;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;

namespace Lyceum.Gateway.Limits;

/// <summary>Bounds what one caller can ask for: a token bucket for each account, and a small one for each address without one.</summary>
internal static class RateLimits
{
    public const string SignIn = "signin";
    private const string Events = "/telemetry";

    public static void AddLimits(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<LimitsOptions>().BindConfiguration("Limits").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddOptions<KestrelServerOptions>()
            .Configure<IOptions<LimitsOptions>>((server, limits) => server.Limits.MaxRequestBodySize = limits.Value.MaxRequestBodySize);
        builder.Services.AddRateLimiter(_ => { });
        builder.Services.AddOptions<RateLimiterOptions>().Configure<IOptions<LimitsOptions>>((limiter, limits) =>
        {
            limiter.GlobalLimiter = PartitionedRateLimiter.Create<HttpContext, string>(context => Partition(context, limits.Value));
            limiter.AddPolicy(SignIn, context => Anonymous(context, limits.Value));
            limiter.OnRejected = RefuseAsync;
        });
    }

    private static RateLimitPartition<string> Partition(HttpContext context, LimitsOptions limits) =>
        // Events come in floods, questions to the tutor do not: those are limited as everybody's are.
        context.User.IsInRole(Roles.Source) && context.Request.Path.StartsWithSegments(Events) ? Bucket("source " + context.User.Caller().Subject, limits.IngestKeyRequestsPerSecond, limits.IngestKeyRequestsPerSecond * 10)
        : context.User.Identity is { IsAuthenticated: true } ? Bucket("account " + context.User.Caller().Subject, limits.RequestsPerSecond, limits.Burst)
        : Anonymous(context, limits);

    private static RateLimitPartition<string> Anonymous(HttpContext context, LimitsOptions limits) =>
        Bucket("address " + context.Connection.RemoteIpAddress, limits.AnonymousRequestsPerSecond, limits.AnonymousRequestsPerSecond * 10);

    private static RateLimitPartition<string> Bucket(string key, int perSecond, int burst) =>
        RateLimitPartition.GetTokenBucketLimiter(key, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = burst,
            TokensPerPeriod = perSecond,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1),
            QueueLimit = 0,
        });

    private static async ValueTask RefuseAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var context = rejected.HttpContext;
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? Math.Max(1, (int)Math.Ceiling(after.TotalSeconds)) : 1;
        if (context.User.Identity is { IsAuthenticated: true } && !context.User.IsInRole(Roles.Source))
        {
            context.RequestServices.GetRequiredService<PolicyDecisions>().Report(context.User.Caller(), "rate_limited");
        }

        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        context.Response.Headers.RetryAfter = wait.ToString(CultureInfo.InvariantCulture);
        await context.RequestServices.GetRequiredService<IProblemDetailsService>().TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Status = StatusCodes.Status429TooManyRequests, Detail = $"Too many requests: wait {wait} s." },
        });
    }
}
