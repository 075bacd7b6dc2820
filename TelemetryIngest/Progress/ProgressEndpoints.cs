using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.TelemetryIngest.Progress;

/// <summary>How far a class has got, for its instructors.</summary>
internal static class ProgressEndpoints
{
    public static void AddProgress(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ProgressOptions>().BindConfiguration("Progress").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<ProgressReader>();
    }

    public static void MapProgress(this IEndpointRouteBuilder routes) => routes.MapCourse("/telemetry").MapGet("/progress", ReadAsync);

    private static async Task<Ok<CourseProgress>> ReadAsync(string course, string? notebook, ProgressReader progress, CancellationToken cancellationToken) =>
        TypedResults.Ok(await progress.ReadAsync(course, string.IsNullOrEmpty(notebook) ? null : notebook, cancellationToken));
}
