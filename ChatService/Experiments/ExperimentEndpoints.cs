using System.Security.Claims;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Lyceum.ChatService.Experiments;

internal static class ExperimentEndpoints
{
    private const int MaxBodyBytes = 64 * 1024;

    public static void AddExperiments(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ExperimentStore>();
        builder.Services.AddSingleton<ExperimentChecks>();
        builder.Services.AddSingleton<ExposureStore>();
    }

    public static void MapExperiments(this IEndpointRouteBuilder routes)
    {
        var experiments = routes.MapCourse("/tutor").MapGroup("/experiments").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        experiments.MapGet("/", ListAsync);
        experiments.MapPost("/", CreateAsync);
        experiments.MapGet("/{id:guid}", GetAsync);
        experiments.MapPut("/{id:guid}", ChangeAsync);
        experiments.MapDelete("/{id:guid}", DeleteAsync);
        experiments.MapPost("/{id:guid}/start", StartAsync);
        experiments.MapPost("/{id:guid}/end", EndAsync);
    }

    private static async Task<Ok<ExperimentList>> ListAsync(string course, ExperimentStore store, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ExperimentList(await store.ListAsync(course, cancellationToken)));

    private static async Task<Results<Created<Experiment>, ProblemHttpResult>> CreateAsync(
        string course, ExperimentBody body, ExperimentChecks checks, ExperimentStore store, ClaimsPrincipal user, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await checks.CheckAsync(course, body, cancellationToken) is { } complaint)
        {
            return complaint;
        }

        return await store.SetAsync(course, user.Caller().Subject, Guid.CreateVersion7(time.GetUtcNow()), body, cancellationToken) is { } made
            ? TypedResults.Created(new Uri($"/tutor/courses/{Uri.EscapeDataString(course)}/experiments/{made.Id}", UriKind.Relative), made)
            : Conflict($"Another experiment of the course has this name, or there are {ExperimentStore.MaxExperiments} already.");
    }

    private static async Task<Results<Ok<ExperimentState>, ProblemHttpResult>> GetAsync(
        string course, Guid id, ExperimentStore store, ExposureStore exposures, CancellationToken cancellationToken) =>
        await store.FindAsync(course, id, cancellationToken) is { } found
            ? TypedResults.Ok(new ExperimentState(found, await exposures.CountsAsync(id, cancellationToken)))
            : NotFound(id);

    private static async Task<Results<Ok<Experiment>, ProblemHttpResult>> ChangeAsync(
        string course, Guid id, ExperimentBody body, ExperimentChecks checks, ExperimentStore store, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (await checks.CheckAsync(course, body, cancellationToken) is { } complaint)
        {
            return complaint;
        }

        if (await store.FindAsync(course, id, cancellationToken) is null)
        {
            return NotFound(id);
        }

        return await store.SetAsync(course, user.Caller().Subject, id, body, cancellationToken) is { } changed
            ? TypedResults.Ok(changed)
            : Conflict("An experiment that was started is not changed any more, and a name is taken once.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string course, Guid id, ExperimentStore store, CancellationToken cancellationToken) =>
        await store.DeleteDraftAsync(course, id, cancellationToken) ? TypedResults.NoContent()
        : await store.FindAsync(course, id, cancellationToken) is null ? NotFound(id)
        : Conflict("An experiment that was started is kept: end it instead.");

    private static async Task<Results<Ok<Experiment>, ProblemHttpResult>> StartAsync(string course, Guid id, ExperimentStore store, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(course, id, cancellationToken) is null)
        {
            return NotFound(id);
        }

        return await store.StartAsync(course, id, cancellationToken) is { } refusal
            ? Conflict(refusal)
            : TypedResults.Ok(await store.FindAsync(course, id, cancellationToken));
    }

    private static async Task<Results<Ok<Experiment>, ProblemHttpResult>> EndAsync(string course, Guid id, ExperimentStore store, CancellationToken cancellationToken) =>
        await store.EndAsync(course, id, cancellationToken) && await store.FindAsync(course, id, cancellationToken) is { } ended ? TypedResults.Ok(ended)
        : await store.FindAsync(course, id, cancellationToken) is null ? NotFound(id)
        : Conflict("It does not run.");

    private static ProblemHttpResult NotFound(Guid id) =>
        TypedResults.Problem($"There is no experiment '{id}' in this course.", statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
