using System.Text.RegularExpressions;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.Gateway.IngestKeys;

/// <summary>The ingest keys of a course: made, listed and revoked by its instructors.</summary>
internal static partial class IngestKeyEndpoints
{
    private const int MaxNameLength = 100;

    public static void AddIngestKeys(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IngestKeyStore>();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, IngestKeyJson.Default));
    }

    public static void MapIngestKeys(this IEndpointRouteBuilder routes)
    {
        var keys = routes.MapGroup("/ingest-keys").RequireAuthorization(Policies.Instructor);
        keys.MapGet("", ListAsync);
        keys.MapPost("", CreateAsync);
        keys.MapDelete("/{id:guid}", DeleteAsync);
    }

    private static async Task<Ok<IngestKeyList>> ListAsync(HttpContext context, IngestKeyStore keys, CancellationToken cancellationToken) =>
        TypedResults.Ok(new IngestKeyList(await keys.ListAsync(context.User.Caller().Course, cancellationToken)));

    private static async Task<Results<Created<CreatedIngestKey>, ValidationProblem, ProblemHttpResult>> CreateAsync(
        NewIngestKey request, HttpContext context, IngestKeyStore keys, CancellationToken cancellationToken)
    {
        var name = request.Name?.Trim() ?? "";
        string[] scopes = request.Scopes is { } asked ? [.. asked.Select(scope => scope ?? "").Distinct(StringComparer.Ordinal)] : [IngestScope.Events];
        // JELAI's messages name the student in this field, whatever the key says.
        var field = request.LearnerField?.Trim() ?? (scopes is [IngestScope.Tutor] ? "student_id" : "");
        var problems = new Dictionary<string, string[]>();
        if (name.Length is 0 or > MaxNameLength || name.Any(char.IsControl))
        {
            problems["name"] = [$"Write a name of 1 to {MaxNameLength} characters."];
        }

        if (!FieldPath().IsMatch(field))
        {
            problems["learner_field"] = ["Write where the learner is named: fields with dots between them, such as params.student, or ?user for the URL's query; at most 128 characters."];
        }

        if (scopes.Length == 0 || scopes.Except(IngestScope.All).Any())
        {
            problems["scopes"] = [$"Write what the key is for: {string.Join(", ", IngestScope.All)} or both."];
        }

        if (problems.Count > 0)
        {
            return TypedResults.ValidationProblem(problems);
        }

        var caller = context.User.Caller();
        return await keys.CreateAsync(name, caller.Course, field, scopes, caller.Subject, cancellationToken) is var (key, token)
            ? TypedResults.Created($"/ingest-keys/{key.Id}", new CreatedIngestKey(
                key, token, scopes.Contains(IngestScope.Events) ? $"/key/{token}/telemetry/events" : null, scopes.Contains(IngestScope.Tutor) ? $"/key/{token}" : null))
            : TypedResults.Problem($"The course has {IngestKeyStore.MaxPerCourse} ingest keys: revoke one first.", statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id, HttpContext context, IngestKeyStore keys, CancellationToken cancellationToken) =>
        await keys.DeleteAsync(id, context.User.Caller().Course, cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem($"Ingest key {id} does not exist in this course.", statusCode: StatusCodes.Status404NotFound);

    [GeneratedRegex(@"^(?=.{1,128}$)(\?[\w-]+|[\w-]+(\.[\w-]+)*)\z", RegexOptions.ExplicitCapture)]
    private static partial Regex FieldPath();
}
