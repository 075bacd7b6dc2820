using System.Globalization;
using Lyceum.ModelHost.Api;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ModelHost.Usage;

/// <summary><c>GET /usage</c>: a student sees their own use, an instructor the course's, the owner everybody's.</summary>
internal static class UsageEndpoints
{
    private const string Redis = "redis";

    public static void AddUsage(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<QuotaOptions>().BindConfiguration("Quotas").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<UsageLedger>();
        builder.Services.AddSingleton<RunAccounts>();
        builder.Services.AddSingleton<UsageReports>();
        builder.Services.AddSingleton<QuotaWindows>();
        builder.Services.AddSingleton<Quotas>();
        builder.Services.AddSingleton<LocalQuotaCounters>();
        if (string.IsNullOrEmpty(builder.Configuration.GetConnectionString(Redis)))
        {
            builder.Services.AddSingleton<IQuotaCounters>(provider => provider.GetRequiredService<LocalQuotaCounters>());
            return;
        }

        // Without Redis quotas are less exact, and models run all the same: it is no reason to take this replica out.
        builder.AddRedisClient(Redis, settings => settings.DisableHealthChecks = true);
        builder.Services.AddSingleton<RedisCalls>();
        builder.Services.AddSingleton<QuotaCorrections>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<QuotaCorrections>());
        builder.Services.AddSingleton<IQuotaCounters, RedisQuotaCounters>();
        builder.Services.AddSingleton<SharedUsage>();
        builder.Services.AddHostedService(provider => provider.GetRequiredService<SharedUsage>());
    }

    public static void MapUsage(this IEndpointRouteBuilder routes) => routes.MapGet("/usage", ShowAsync);

    /// <summary>Charges a run to its user's quotas; null where one is used up, which the answer then says.</summary>
    /// <param name="quotas">The quotas.</param>
    /// <param name="context">The request.</param>
    /// <param name="tokens">What the run takes, by estimate.</param>
    /// <param name="time">Tells how long until the quota begins anew.</param>
    public static async Task<QuotaHold?> HoldAsync(this Quotas quotas, HttpContext context, long tokens, TimeProvider time)
    {
        var caller = context.User.Caller();
        var (hold, exhausted) = await quotas.TryHoldAsync(caller.Course, caller.Subject, tokens);
        if (exhausted is not { } quota)
        {
            return hold;
        }

        var reset = quota.ResetsAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling((quota.ResetsAt - time.GetUtcNow()).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-Lyceum-Quota-Reset"] = reset;
        await context.WriteErrorAsync(StatusCodes.Status429TooManyRequests, $"the quota {quota.Name} of {quota.Limit} tokens is used up until {reset}");
        return null;
    }

    private static async Task<JsonHttpResult<UsageReport>> ShowAsync(HttpContext context, UsageReports reports) =>
        TypedResults.Json(await reports.ForAsync(context.User.Caller()), UsageJson.Default.UsageReport);
}
