using System.Globalization;
using Lyceum.ModelHost.Api;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ModelHost.Usage;

/// <summary><c>GET /usage</c>: a student sees their own use, an instructor the course's, the owner everybody's.</summary>
internal static class UsageEndpoints
{
    public static void AddUsage(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<QuotaOptions>().BindConfiguration("Quotas").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<UsageLedger>();
    }

    public static void MapUsage(this IEndpointRouteBuilder routes) => routes.MapGet("/usage", Show);

    /// <summary>Refuses a run whose user has used up a quota; answers whether it did.</summary>
    public static async Task<bool> RefusesAsync(this UsageLedger ledger, HttpContext context, TimeProvider time)
    {
        var caller = context.User.Caller();
        if (ledger.ExhaustedFor(caller.Course, caller.Subject) is not { } quota)
        {
            return false;
        }

        var reset = quota.ResetsAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        context.Response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling((quota.ResetsAt - time.GetUtcNow()).TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.Response.Headers["X-Lyceum-Quota-Reset"] = reset;
        await context.WriteErrorAsync(StatusCodes.Status429TooManyRequests, $"the quota {quota.Name} of {quota.Limit} tokens is used up until {reset}");
        return true;
    }

    private static JsonHttpResult<UsageReport> Show(HttpContext context, UsageLedger ledger, TimeProvider time)
    {
        var caller = context.User.Caller();
        var isOwner = caller.Roles.Contains(Roles.Owner);
        var isInstructor = caller.Roles.Contains(Roles.Instructor);
        var (since, entries) = ledger.Read(
            (course, user) => isOwner || (isInstructor && course == caller.Course) || (course == caller.Course && user == caller.Subject), showNodes: isOwner);
        return TypedResults.Json(new UsageReport(since, time.GetUtcNow(), entries, ledger.QuotasOf(caller.Course, caller.Subject)), UsageJson.Default.UsageReport);
    }
}
