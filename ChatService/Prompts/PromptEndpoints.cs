using System.Security.Claims;
using System.Text.Json;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Structured;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Lyceum.ChatService.Prompts;

/// <summary>Prompts of a course: drafts by instructors, published only after their regression cases passed.</summary>
internal static class PromptEndpoints
{
    private const int MaxBodyBytes = 256 * 1024;

    public static void AddPrompts(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<PromptStore>();
        builder.Services.AddSingleton<PromptLibrary>();
        builder.Services.AddSingleton<PromptChecks>();
        builder.Services.AddSingleton<PromptCases>();
        builder.Services.AddSingleton<TrialRequests>();
        builder.Services.AddSingleton<PromptTrials>();
    }

    public static void MapPrompts(this IEndpointRouteBuilder routes)
    {
        var course = routes.MapCourse("/tutor").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        course.MapGet("/prompts", ListAsync);
        course.MapPost("/prompts", AddAsync);
        course.MapGet("/prompts/{version}", GetAsync);
        course.MapDelete("/prompts/{version}", DeleteAsync);
        course.MapPost("/prompts/{version}/check", CheckAsync);
        course.MapPost("/prompts/{version}/publish", PublishAsync);
        course.MapPut("/prompts/in-use/{name}", UseAsync);
        course.MapPromptCases();
    }

    private static async Task<Ok<PromptList>> ListAsync(string course, PromptStore store, PromptLibrary library, CancellationToken cancellationToken)
    {
        var own = await store.ListAsync(course, cancellationToken);
        return TypedResults.Ok(new PromptList([.. library.BuiltIn.All.Select(prompt => BuiltIn(prompt.Version, own, null)), .. own]));
    }

    private static async Task<Results<Ok<PromptVersion>, ProblemHttpResult>> GetAsync(
        string course, string version, PromptStore store, PromptLibrary library, CancellationToken cancellationToken) =>
        await store.FindAsync(course, version, cancellationToken) is { } found ? TypedResults.Ok(found)
        : library.Find(version) is { } builtIn ? TypedResults.Ok(BuiltIn(version, await store.ListAsync(course, cancellationToken), builtIn.File))
        : NotFound(version);

    private static async Task<Results<Created<PromptVersion>, ProblemHttpResult>> AddAsync(
        string course, PromptBody body, PromptChecks checks, PromptStore store, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (prompt, complaint) = await checks.ReadAsync(course, body.Text, cancellationToken);
        if (prompt is null)
        {
            return complaint!;
        }

        return await store.AddAsync(user.Caller(), course, prompt.Version, PromptName.Of(prompt.Version), prompt.File, cancellationToken)
            && await store.FindAsync(course, prompt.Version, cancellationToken) is { } added
            ? TypedResults.Created(new Uri($"/tutor/courses/{Uri.EscapeDataString(course)}/prompts/{prompt.Version}", UriKind.Relative), added)
            : Conflict($"The course has {PromptStore.MaxVersions} versions of prompts already: delete drafts.");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string course, string version, PromptStore store, CancellationToken cancellationToken) =>
        await store.DeleteDraftAsync(course, version, cancellationToken) ? TypedResults.NoContent()
        : await store.FindAsync(course, version, cancellationToken) is null ? NotFound(version)
        : Conflict("A published version is kept: turns and experiments refer to it.");

    private static async Task<Results<Ok<PromptReport>, ProblemHttpResult>> CheckAsync(
        string course, string version, PromptChecks checks, PromptStore store, PromptTrials trials, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var (report, complaint) = await ReportAsync(course, version, checks, store, trials, user, cancellationToken);
        return report is null ? complaint! : TypedResults.Ok(report);
    }

    private static async Task<Results<Ok<PromptVersion>, ProblemHttpResult>> PublishAsync(
        string course, string version, PromptChecks checks, PromptStore store, PromptTrials trials, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        // Always anew: the model, the cases, the prompt in use and the course's solutions may be others than at the last check.
        var (report, complaint) = await ReportAsync(course, version, checks, store, trials, user, cancellationToken);
        if (report is null)
        {
            return complaint!;
        }

        if (!report.Passed)
        {
            return TypedResults.Problem(
                $"It is not published: it fails {string.Join(", ", report.Cases.Where(one => !one.Passed).Select(one => one.Id))}.",
                statusCode: StatusCodes.Status422UnprocessableEntity,
                extensions: [new("report", JsonSerializer.SerializeToElement(report, ChatJson.Default.PromptReport))]);
        }

        await store.PublishAsync(course, version, cancellationToken);
        return await store.FindAsync(course, version, cancellationToken) is { } published ? TypedResults.Ok(published) : NotFound(version);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> UseAsync(
        string course, string name, PromptInUseBody body, PromptStore store, PromptLibrary library, CancellationToken cancellationToken)
    {
        if (!PromptName.All.Contains(name))
        {
            return TypedResults.Problem($"There is no prompt '{name}', only {string.Join(", ", PromptName.All)}.", statusCode: StatusCodes.Status404NotFound);
        }

        var version = body.Version is { } asked && library.Find(asked) is not null && PromptName.Of(asked) == name ? null : body.Version;
        return await store.UseAsync(course, name, version, cancellationToken) || version is null
            ? TypedResults.NoContent()
            : ConversationProblems.Invalid("version", $"There is no published version '{version}' of '{name}' in this course.");
    }

    private static async Task<(PromptReport? Report, ProblemHttpResult? Complaint)> ReportAsync(
        string course, string version, PromptChecks checks, PromptStore store, PromptTrials trials, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (await store.FindAsync(course, version, cancellationToken) is not { Text: { } text })
        {
            return (null, NotFound(version));
        }

        var (prompt, complaint) = await checks.ReadAsync(course, text, cancellationToken);
        if (prompt is null)
        {
            return (null, complaint);
        }

        if (await trials.UntriedAsync(course, PromptName.Of(prompt.Version), cancellationToken) is { Count: > 0 } untried)
        {
            return (null, TypedResults.Problem(
                $"No regression case tries the classes {string.Join(", ", untried)}: add to the course's prompt cases one with 'expect.class' for each.",
                statusCode: StatusCodes.Status422UnprocessableEntity));
        }

        try
        {
            var report = await trials.RunAsync(user.Caller(), course, prompt, cancellationToken);
            await store.SetReportAsync(course, version, report, cancellationToken);
            return (report, null);
        }
        catch (ModelException failure)
        {
            return (null, ModelProblems.Of(failure, "tutor"));
        }
    }

    private static PromptVersion BuiltIn(string version, IReadOnlyList<PromptVersion> own, string? text)
    {
        var name = PromptName.Of(version);
        return new PromptVersion(version, name, "built_in", !own.Any(other => other.InUse && other.Name == name), text, null, null, null, null);
    }

    private static ProblemHttpResult NotFound(string version) =>
        TypedResults.Problem($"There is no prompt '{(version.Length <= 100 ? version : version[..100])}' in this course.", statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult Conflict(string detail) => TypedResults.Problem(detail, statusCode: StatusCodes.Status409Conflict);
}
