using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.TelemetryIngest.HelpSeeking;

/// <summary>What kinds of help a class asks for, for its instructors.</summary>
internal static class HelpSeekingEndpoints
{
    private const int DefaultDays = 7;
    private const int MaxDays = 366;

    public static void AddHelpSeeking(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<HelpSeekingReader>();

    public static void MapHelpSeeking(this IEndpointRouteBuilder routes) => routes.MapCourse("/telemetry").MapGet("/help-seeking", ReadAsync);

    private static async Task<Results<Ok<CourseHelpSeeking>, ProblemHttpResult>> ReadAsync(
        string course, DateOnly? from, DateOnly? to, string? notebook, HelpSeekingReader help, TimeProvider time, CancellationToken cancellationToken)
    {
        var end = to ?? DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var start = from ?? end.AddDays(1 - DefaultDays);
        return start > end || end.DayNumber - start.DayNumber >= MaxDays
            ? TypedResults.Problem($"from must not be after to, and they may be {MaxDays} days at most.", statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Ok(await help.ReadAsync(course, start, end, string.IsNullOrEmpty(notebook) ? null : notebook, cancellationToken));
    }
}
