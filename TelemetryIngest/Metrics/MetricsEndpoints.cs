using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.TelemetryIngest.Metrics;

/// <summary>What research has found to tell about how learners get on, for instructors.</summary>
internal static class MetricsEndpoints
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(7);
    private static readonly TimeSpan MaxSpan = TimeSpan.FromDays(366);

    public static void AddMetrics(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<MetricsOptions>().BindConfiguration("Metrics").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<MetricsReader>();
    }

    public static void MapMetrics(this IEndpointRouteBuilder routes) => routes.MapCourse("/telemetry").MapGet("/metrics", ReadAsync);

    private static async Task<Results<Ok<CourseMetrics>, ProblemHttpResult>> ReadAsync(
        string course, DateTimeOffset? from, DateTimeOffset? to, string? notebook, MetricsReader metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        var end = (to ?? time.GetUtcNow()).ToUniversalTime();
        var start = (from ?? end - DefaultSpan).ToUniversalTime();
        if (start >= end || end - start > MaxSpan)
        {
            return TypedResults.Problem($"from must be before to, by {MaxSpan.TotalDays} days at most.", statusCode: StatusCodes.Status400BadRequest);
        }

        return await metrics.ReadAsync(course, start, end, string.IsNullOrEmpty(notebook) ? null : notebook, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : TypedResults.Problem("There are too many executions to count at once: ask for a shorter span, or for one notebook.", statusCode: StatusCodes.Status422UnprocessableEntity);
    }
}
