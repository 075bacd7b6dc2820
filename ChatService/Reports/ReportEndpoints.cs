using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Reports;

internal static class ReportEndpoints
{
    private static readonly TimeSpan Usual = TimeSpan.FromDays(30);

    public static void AddReports(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<ReportStore>();

    public static void MapReports(this IEndpointRouteBuilder routes) => routes.MapCourse("/tutor").MapGet("/report", ReadAsync);

    /// <summary>What was asked since a time, or in the last 30 days.</summary>
    private static async Task<Ok<CourseReport>> ReadAsync(
        string course, DateTimeOffset? since, ReportStore reports, TimeProvider time, CancellationToken cancellationToken) =>
        TypedResults.Ok(await reports.ReadAsync(course, (since ?? (time.GetUtcNow() - Usual)).ToUniversalTime(), cancellationToken));
}
