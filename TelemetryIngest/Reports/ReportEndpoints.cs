using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.TelemetryIngest.Reports;

/// <summary>What a lab session came to, for instructors: a page for the printer, or lines of text.</summary>
internal static class ReportEndpoints
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromHours(24);
    private static readonly TimeSpan MaxSpan = TimeSpan.FromDays(366);

    public static void AddReports(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<TutorUseReader>();
        builder.Services.AddSingleton<SessionReports>();
    }

    public static void MapReports(this IEndpointRouteBuilder routes) => routes.MapCourse("/telemetry").MapGet("/report", ReadAsync);

    private static async Task<Results<ContentHttpResult, ProblemHttpResult>> ReadAsync(
        string course, DateTimeOffset? from, DateTimeOffset? to, string? notebook, string? format, HttpContext context, SessionReports reports, TutorUseReader tutor,
        TimeProvider time, CancellationToken cancellationToken)
    {
        var end = (to ?? time.GetUtcNow()).ToUniversalTime();
        var start = (from ?? end - DefaultSpan).ToUniversalTime();
        if (start >= end || end - start > MaxSpan)
        {
            return Problem($"from must be before to, by {MaxSpan.TotalDays} days at most.", StatusCodes.Status400BadRequest);
        }

        var span = new ReportSpan(start, end, string.IsNullOrEmpty(notebook) ? null : notebook);
        switch (format ?? "html")
        {
            case "text":
                return TypedResults.Text(TextReport.Write(course, await tutor.ReadAsync(course, span, cancellationToken)), "text/plain; charset=utf-8");
            case "html":
                // The page holds what students wrote, so it may run nothing and load nothing.
                context.Response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
                return await reports.ReadAsync(course, span, cancellationToken) is { } report
                    ? TypedResults.Text(SessionPage.Write(report), "text/html; charset=utf-8")
                    : Problem("There are too many executions to count at once: ask for a shorter span, or for one notebook.", StatusCodes.Status422UnprocessableEntity);
            default:
                return Problem("format must be html or text.", StatusCodes.Status400BadRequest);
        }
    }

    private static ProblemHttpResult Problem(string detail, int status) => TypedResults.Problem(detail, statusCode: status);
}
