using Lyceum.ServiceDefaults.Identity;
using Lyceum.TelemetryIngest.Studies;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.TelemetryIngest.Exports;

/// <summary>A study's data out, for the course's instructors and the owner.</summary>
internal static class ExportEndpoints
{
    private const int MaxNames = 10_000;
    private const int MaxName = 200;

    public static void AddExports(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ExportStore>();
        builder.Services.AddSingleton<ExportDownload>();
        builder.Services.AddSingleton<CourseNames>();
    }

    public static void MapExports(this IEndpointRouteBuilder routes)
    {
        var study = routes.MapCourse("/telemetry").MapGroup("/studies/{study:guid}");
        study.MapGet("/anonymity", ReportAsync);
        study.MapGet("/exports", ListAsync);
        study.MapPost("/exports", CreateAsync);
        study.MapGet("/exports/{export:guid}", FindAsync);
        study.MapMethods("/exports/{export:guid}/{file}", ["GET", "HEAD"], DownloadAsync);
    }

    private static async Task<Results<Ok<AnonymityReport>, ProblemHttpResult>> ReportAsync(
        string course, Guid study, HttpContext context, StudyStore studies, ExportStore exports, AccessLog log, CancellationToken cancellationToken)
    {
        if (await OpenAsync(course, study, studies, cancellationToken) is not { } found)
        {
            return StudyEndpoints.NoStudy(course, study);
        }

        await log.WriteAsync(context.User.Caller(), course, study, "reported", cancellationToken);
        return TypedResults.Ok(await exports.ReportAsync(found, cancellationToken));
    }

    private static async Task<Results<Ok<StudyExports>, ProblemHttpResult>> ListAsync(
        string course, Guid study, StudyStore studies, ExportStore exports, CancellationToken cancellationToken) =>
        await OpenAsync(course, study, studies, cancellationToken) is { } found
            ? TypedResults.Ok(new StudyExports(await exports.ListAsync(found, cancellationToken)))
            : StudyEndpoints.NoStudy(course, study);

    private static async Task<Results<Created<StudyExport>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        string course, Guid study, NewExport? asked, HttpContext context, StudyStore studies, ExportStore exports, CourseNames names, CancellationToken cancellationToken)
    {
        if (asked?.Names is { } more && (more.Count > MaxNames || more.Any(name => name is not { Length: <= MaxName })))
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["names"] = [$"Write at most {MaxNames} names of at most {MaxName} characters."] });
        }

        if (await OpenAsync(course, study, studies, cancellationToken) is not { } found)
        {
            return StudyEndpoints.NoStudy(course, study);
        }

        if (await names.ReadAsync(course, cancellationToken) is not { } accounts)
        {
            return TypedResults.Problem(
                "Nobody can tell the names of the course's accounts, which an export would not mask then. Set services:gateway:http:0, or Studies:WithoutAccounts to true where there is no Gateway.",
                statusCode: StatusCodes.Status503ServiceUnavailable);
        }

        IReadOnlyList<string> masked = [.. accounts, .. asked?.Names ?? []];
        return await exports.CreateAsync(found, masked, context.User.Caller(), cancellationToken) is { } export
            ? TypedResults.Created($"/telemetry/courses/{course}/studies/{study}/exports/{export.Id}", export)
            : TypedResults.Problem("The study has ended or changed meanwhile: look at it again.", statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<StudyExport>, ProblemHttpResult>> FindAsync(
        string course, Guid study, Guid export, StudyStore studies, ExportStore exports, CancellationToken cancellationToken) =>
        await OpenAsync(course, study, studies, cancellationToken) is not { } found ? StudyEndpoints.NoStudy(course, study)
        : await exports.FindAsync(found, export, cancellationToken) is { } one ? TypedResults.Ok(one)
        : NoExport(export);

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> DownloadAsync(
        string course, Guid study, Guid export, string file, HttpContext context, StudyStore studies, ExportStore exports, ExportDownload download, CancellationToken cancellationToken)
    {
        if (await OpenAsync(course, study, studies, cancellationToken) is not { } found)
        {
            return StudyEndpoints.NoStudy(course, study);
        }

        if (await exports.FindAsync(found, export, cancellationToken) is not { } one)
        {
            return NoExport(export);
        }

        if (ExportFile.All.SingleOrDefault(known => known.Name == file) is not { } asked)
        {
            return TypedResults.Problem($"There is no file {file}: choose from {string.Join(", ", ExportFile.All.Select(known => known.Name))}.", statusCode: StatusCodes.Status404NotFound);
        }

        if (await exports.OpenAsync(found, export, cancellationToken) is not { } frozen)
        {
            return TypedResults.Problem(
                "This export is no longer given: a learner in it has withdrawn or was erased, or events of it are past retention. Make a new one.", statusCode: StatusCodes.Status410Gone);
        }

        if (await download.TryAnswerAsync(context, frozen, asked, one.Files.Single(known => known.Name == file)))
        {
            return TypedResults.Empty;
        }

        context.Response.Headers.RetryAfter = "10";
        return TypedResults.Problem("Too many exports are being downloaded: try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable);
    }

    private static async Task<Study?> OpenAsync(string course, Guid study, StudyStore studies, CancellationToken cancellationToken) =>
        await studies.FindAsync(course, study, cancellationToken) is { EndedAt: null } found ? found : null;

    private static ProblemHttpResult NoExport(Guid export) =>
        TypedResults.Problem($"There is no export {export} of this study, or it has expired.", statusCode: StatusCodes.Status404NotFound);
}
