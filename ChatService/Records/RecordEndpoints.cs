using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Records;

/// <summary>What the tutor was asked and what the model saw, for instructors; students go by their pseudonyms.</summary>
internal static class RecordEndpoints
{
    private const int MaxTurns = 200;

    public static void AddRecords(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<TurnRecordStore>();

    public static void MapRecords(this IEndpointRouteBuilder routes)
    {
        var turns = routes.MapCourse("/tutor").MapGroup("/turns");
        turns.MapGet("/", ListAsync);
        turns.MapGet("/{answer_id:guid}", GetAsync);
    }

    private static async Task<Results<Ok<TurnList>, ProblemHttpResult>> ListAsync(
        string course, string? learner, Guid? before, int? limit, TurnRecordStore records, CancellationToken cancellationToken) =>
        limit is < 1 or > MaxTurns
            ? TypedResults.Problem($"'limit' must be between 1 and {MaxTurns}.", statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Ok(await records.ListAsync(course, learner, before, limit ?? 50, cancellationToken));

    private static async Task<Results<Ok<RecordedTurn>, ProblemHttpResult>> GetAsync(
        string course, Guid answer_id, TurnRecordStore records, CancellationToken cancellationToken) =>
        await records.FindAsync(course, answer_id, cancellationToken) is { } turn
            ? TypedResults.Ok(turn)
            : TypedResults.Problem($"There is no turn '{answer_id}' in this course.", statusCode: StatusCodes.Status404NotFound);
}
