using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Studies;

/// <summary>Studies of a course, for its instructors and the owner.</summary>
internal static class StudyEndpoints
{
    private const int MaxEntries = 200;

    public static void AddStudies(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<StudiesOptions>().BindConfiguration("Studies").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<IValidateOptions<StudiesOptions>, IdPatternCheck>();
        builder.Services.AddSingleton<StudyKeys>();
        builder.Services.AddSingleton<AccessLog>();
        builder.Services.AddSingleton<StudyStore>();
        builder.Services.AddSingleton<ConsentStore>();
        builder.Services.AddHostedService<StudyUpkeep>();
    }

    public static void MapStudies(this IEndpointRouteBuilder routes)
    {
        routes.MapConsents();
        var studies = routes.MapCourse("/telemetry").MapGroup("/studies");
        studies.MapGet("", ListAsync);
        studies.MapPost("", CreateAsync);
        studies.MapGet("/{study:guid}", FindAsync);
        studies.MapPut("/{study:guid}", ChangeAsync);
        studies.MapDelete("/{study:guid}", EndAsync);
        studies.MapGet("/{study:guid}/access", AccessAsync);
    }

    /// <summary>The answer where there is no such study.</summary>
    public static ProblemHttpResult NoStudy(string course, Guid study) =>
        TypedResults.Problem($"There is no study {study} in {course} that goes on.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Ok<StudyList>> ListAsync(string course, StudyStore studies, CancellationToken cancellationToken) =>
        TypedResults.Ok(new StudyList(await studies.ListAsync(course, cancellationToken)));

    private static async Task<Results<Created<Study>, ValidationProblem>> CreateAsync(
        string course, StudyDraft draft, HttpContext context, StudyStore studies, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> problems = [];
        if (StudyChecks.Read(draft, problems) is not { } definition)
        {
            return TypedResults.ValidationProblem(problems);
        }

        var study = await studies.CreateAsync(course, definition, context.User.Caller(), cancellationToken);
        return TypedResults.Created($"/telemetry/courses/{course}/studies/{study.Id}", study);
    }

    private static async Task<Results<Ok<Study>, ProblemHttpResult>> FindAsync(string course, Guid study, StudyStore studies, CancellationToken cancellationToken) =>
        await studies.FindAsync(course, study, cancellationToken) is { } found ? TypedResults.Ok(found) : NoStudy(course, study);

    private static async Task<Results<Ok<Study>, ValidationProblem, ProblemHttpResult>> ChangeAsync(
        string course, Guid study, StudyDraft draft, HttpContext context, StudyStore studies, CancellationToken cancellationToken)
    {
        Dictionary<string, string[]> problems = [];
        if (StudyChecks.Read(draft, problems) is not { } definition)
        {
            return TypedResults.ValidationProblem(problems);
        }

        return await studies.ChangeAsync(course, study, definition, context.User.Caller(), cancellationToken) is { } changed
            ? TypedResults.Ok(changed)
            : NoStudy(course, study);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> EndAsync(
        string course, Guid study, HttpContext context, StudyStore studies, CancellationToken cancellationToken) =>
        await studies.EndAsync(course, study, context.User.Caller(), cancellationToken) ? TypedResults.NoContent() : NoStudy(course, study);

    private static async Task<Results<Ok<AccessLogPage>, ProblemHttpResult>> AccessAsync(
        string course, Guid study, long? before, int? limit, AccessLog log, CancellationToken cancellationToken) =>
        limit is < 1 or > MaxEntries
            ? TypedResults.Problem($"limit must be between 1 and {MaxEntries}.", statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Ok(await log.ReadAsync(course, study, before, limit ?? 50, cancellationToken));
}
