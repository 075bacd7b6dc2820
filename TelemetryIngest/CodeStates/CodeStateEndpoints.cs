using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.TelemetryIngest.CodeStates;

/// <summary>How learners' notebooks came to be what they are, for instructors.</summary>
internal static class CodeStateEndpoints
{
    private static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(30);
    private static readonly TimeSpan MaxSpan = TimeSpan.FromDays(366);

    public static void AddCodeStates(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<CodeStateOptions>().BindConfiguration("CodeStates").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<NotebookEvents>();
        builder.Services.AddSingleton<Replays>();
    }

    public static void MapCodeStates(this IEndpointRouteBuilder routes)
    {
        var learner = routes.MapCourse("/telemetry").MapGroup("/learners/{learner}");
        learner.MapGet("/notebooks", NotebooksAsync);
        learner.MapGet("/history", HistoryAsync);
    }

    private static async Task<Ok<LearnerNotebooks>> NotebooksAsync(string course, string learner, Replays replays, CancellationToken cancellationToken) =>
        TypedResults.Ok(await replays.ListAsync(course, learner, cancellationToken));

    private static async Task<Results<Ok<NotebookReplay>, ProblemHttpResult>> HistoryAsync(
        string course, string learner, string? notebook, DateTimeOffset? from, DateTimeOffset? to, Replays replays, TimeProvider time, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(notebook))
        {
            return TypedResults.Problem("notebook is missing: say which notebook's history is meant.", statusCode: StatusCodes.Status400BadRequest);
        }

        var end = (to ?? time.GetUtcNow().AddMinutes(1)).ToUniversalTime();
        var start = (from ?? end - DefaultSpan).ToUniversalTime();
        if (start >= end || end - start > MaxSpan)
        {
            return TypedResults.Problem($"from must be before to, by {MaxSpan.TotalDays} days at most.", statusCode: StatusCodes.Status400BadRequest);
        }

        return await replays.ReadAsync(new NotebookOfLearner(course, learner, notebook), start, end, cancellationToken) is { } found
            ? TypedResults.Ok(found)
            : TypedResults.Problem("The notebook has too many events in this time to rebuild at once: ask for a shorter span.", statusCode: StatusCodes.Status422UnprocessableEntity);
    }
}
