using System.Text.Encodings.Web;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Lyceum.TelemetryIngest.Erasures;

/// <summary>What is stored of a learner: for the learner to have, and to be forgotten when Gateway says so.</summary>
internal static class ErasureEndpoints
{
    public static void AddErasures(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<LearnerEraser>();

    public static void MapErasures(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/telemetry/erasures", EraseAsync).RequireAuthorization(Policies.Service);
        routes.MapGet("/telemetry/learners/me/data", ReadAsync);
    }

    private static async Task<Results<Ok<ErasureResult>, ValidationProblem>> EraseAsync(ErasureRequest request, LearnerEraser eraser, CancellationToken cancellationToken) =>
        request is { Subject.Length: > 0, Learner.Length: > 0, RequestedAt: { } until }
            ? TypedResults.Ok(new ErasureResult(await eraser.EraseAsync(request.Subject, request.Learner, until, cancellationToken)))
            : TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["learner"] = ["Write subject, learner and requested_at."] });

    /// <summary>Everything with the caller's pseudonym on it, as NDJSON: <c>{"table", "row"}</c>.</summary>
    private static async Task ReadAsync(HttpContext context, NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"learning-events.ndjson\"";
        context.Response.Headers.CacheControl = "private, no-store";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await foreach (var (table, row) in PersonalData.ReadAsync(connection, "learner", context.User.Caller().Learner, except: null, cancellationToken))
        {
            await context.Response.WriteAsync($$"""{"table":"{{JavaScriptEncoder.Default.Encode(table)}}","row":{{row}}}{{'\n'}}""", cancellationToken);
        }
    }
}
