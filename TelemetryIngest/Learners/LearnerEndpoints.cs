using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Activity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.TelemetryIngest.Learners;

/// <summary>What is stored of one learner: for the learner's own tutor, and for instructors.</summary>
internal static class LearnerEndpoints
{
    private const int DefaultLimit = 50;
    private const int MaxLimit = 200;

    public static void AddLearners(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<LastErrors>();
        builder.Services.AddSingleton<RecentActivities>();
        builder.Services.AddSingleton<EventPages>();
    }

    public static void MapLearners(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/telemetry/learners/me/last-error", LastErrorAsync);
        routes.MapGet("/telemetry/learners/me/activity", ActivityAsync);
        routes.MapCourse("/telemetry").MapGet("/learners/{learner}/events", EventsAsync);
    }

    private static async Task<Results<Ok<FailedExecution>, NoContent>> LastErrorAsync(
        string? notebook, HttpContext context, LastErrors errors, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        return await errors.FindAsync(caller.Course, caller.Learner, notebook, cancellationToken) is { } error
            ? TypedResults.Ok(error)
            : TypedResults.NoContent();
    }

    private static async Task<Ok<RecentActivity>> ActivityAsync(
        string? notebook, HttpContext context, RecentActivities activities, CancellationToken cancellationToken)
    {
        var caller = context.User.Caller();
        return TypedResults.Ok(await activities.ReadAsync(caller.Course, caller.Learner, notebook, cancellationToken));
    }

    private static async Task<Results<Ok<LearnerEvents>, ProblemHttpResult>> EventsAsync(
        string course, string learner, int? limit, string? before, EventPages pages, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxLimit)
        {
            return TypedResults.Problem($"limit must be between 1 and {MaxLimit}.", statusCode: StatusCodes.Status400BadRequest);
        }

        var end = default(PageEnd);
        return string.IsNullOrEmpty(before) || PageEnd.TryParse(before, out end)
            ? TypedResults.Ok(await pages.ReadAsync(course, learner, string.IsNullOrEmpty(before) ? null : end, limit ?? DefaultLimit, cancellationToken))
            : TypedResults.Problem("before must be what the last page named as next, or a time in RFC 3339.", statusCode: StatusCodes.Status400BadRequest);
    }
}
