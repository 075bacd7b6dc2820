using System.Text.Encodings.Web;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Erasures;

/// <summary>What is stored of a learner: for the learner to have, and to be forgotten when Gateway says so.</summary>
internal static class ErasureEndpoints
{
    public static void AddErasures(this IHostApplicationBuilder builder) => builder.Services.AddSingleton<LearnerEraser>();

    public static void MapErasures(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/tutor/erasures", EraseAsync).RequireAuthorization(Policies.Service);
        routes.MapGet("/tutor/me/data", ReadAsync);
    }

    private static async Task<Results<Ok<ErasureResult>, ValidationProblem>> EraseAsync(ErasureRequest request, LearnerEraser eraser, CancellationToken cancellationToken) =>
        request is { Subject.Length: > 0, Learner.Length: > 0 }
            ? TypedResults.Ok(new ErasureResult(await eraser.EraseAsync(request.Subject, request.Learner, cancellationToken)))
            : TypedResults.ValidationProblem(new Dictionary<string, string[]> { ["learner"] = ["Write subject and learner."] });

    /// <summary>Everything of the caller's, as NDJSON: <c>{"table", "row"}</c>.</summary>
    private static async Task ReadAsync(HttpContext context, LearnerEraser eraser, CancellationToken cancellationToken)
    {
        context.Response.ContentType = "application/x-ndjson";
        context.Response.Headers.ContentDisposition = "attachment; filename=\"conversations.ndjson\"";
        context.Response.Headers.CacheControl = "private, no-store";
        await foreach (var (table, row) in eraser.ReadAsync(context.User.Caller(), cancellationToken))
        {
            await context.Response.WriteAsync($$"""{"table":"{{JavaScriptEncoder.Default.Encode(table)}}","row":{{row}}}{{'\n'}}""", cancellationToken);
        }
    }
}
