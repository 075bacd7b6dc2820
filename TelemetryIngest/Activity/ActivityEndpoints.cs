using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>What a class is doing now.</summary>
internal static class ActivityEndpoints
{
    public static void AddActivity(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ActivityOptions>().BindConfiguration("Activity").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<CountedEventCache>();
        builder.Services.AddSingleton<LongWorkReader>();
        builder.Services.AddSingleton<ActivityReader>();
    }

    public static void MapActivity(this IEndpointRouteBuilder routes) => routes.MapCourse("/telemetry").MapGet("/activity", ReadAsync);

    private static async Task<Results<Ok<ClassActivity>, ProblemHttpResult>> ReadAsync(
        string course, string? window, ActivityReader reader, IOptions<ActivityOptions> options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!ActivityWindow.TryParse(window, out var asked))
        {
            return TypedResults.Problem(ActivityWindow.Problem, statusCode: StatusCodes.Status400BadRequest);
        }

        var now = time.GetUtcNow();
        var learners = await reader.ReadAsync(course, asked, now, among: null, cancellationToken);
        var failures = await reader.FailuresAsync(ClassView.FailuresOf(learners), cancellationToken);
        return TypedResults.Ok(new ClassView(course, asked, options.Value).Activity(learners, failures, now));
    }
}
