using System.Security.Claims;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Structured;
using Lyceum.ServiceDefaults.Exams;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>What is kept of generated code, and its testing.</summary>
internal static class CodeSessionEndpoints
{
    private const int MaxList = 200;

    public static void MapCodeSessions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/sessions");
        group.MapGet("/", ListAsync);
        group.MapGet("/{id:guid}", FindAsync);
        group.MapPatch("/{id:guid}", RenameAsync);
        group.MapDelete("/{id:guid}", DeleteAsync);
        group.MapGet("/{id:guid}/compare", CompareAsync);
        group.MapDelete("/{id:guid}/snippets/{version:int}", DeleteSnippetAsync);
        group.MapPost("/{id:guid}/snippets/{version:int}/test", TestAsync).ClosedInExams();
    }

    private static async Task<Results<Ok<CodeSessionList>, ProblemHttpResult>> ListAsync(
        int? limit, Guid? before, CodeStore store, ClaimsPrincipal user, CancellationToken cancellationToken) => limit is < 1 or > MaxList
            ? FieldProblem.Of("limit", $"It must be between 1 and {MaxList}.")
            : TypedResults.Ok(new CodeSessionList(await store.ListAsync(user.Caller().Subject, before, limit ?? 50, cancellationToken)));

    private static async Task<Results<Ok<CodeSessionContent>, ProblemHttpResult>> FindAsync(Guid id, CodeStore store, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var subject = user.Caller().Subject;
        return await store.FindAsync(subject, id, cancellationToken) is { } session
            ? TypedResults.Ok(new CodeSessionContent(session, await store.SnippetsAsync(subject, id, null, cancellationToken)))
            : CodeProblems.NoSession();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RenameAsync(
        Guid id, RenameSession body, CodeStore store, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        CodeChecks.CheckTitle(body.Title) is { } complaint ? complaint
        : await store.RenameAsync(user.Caller().Subject, id, body.Title!, cancellationToken) ? TypedResults.NoContent()
        : CodeProblems.NoSession();

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, CodeStore store, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await store.DeleteAsync(user.Caller().Subject, id, cancellationToken) ? TypedResults.NoContent() : CodeProblems.NoSession();

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteSnippetAsync(
        Guid id, int version, CodeStore store, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await store.DeleteAsync(user.Caller().Subject, id, version, cancellationToken) ? TypedResults.NoContent() : CodeProblems.NoSession();

    private static async Task<Results<Ok<Comparison>, ProblemHttpResult>> CompareAsync(
        Guid id, int from, int to, CodeStore store, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var subject = user.Caller().Subject;
        var old = await store.SnippetsAsync(subject, id, from, cancellationToken);
        var now = await store.SnippetsAsync(subject, id, to, cancellationToken);
        return old.Count == 1 && now.Count == 1
            ? TypedResults.Ok(new Comparison(from, to, LineComparison.Compare(old[0].Code, now[0].Code)))
            : CodeProblems.NoSession();
    }

    private static async Task<Results<Ok<TestReport>, ProblemHttpResult>> TestAsync(
        Guid id, int version, TestSnippet body, CodeChecks checks, CodeStore store, SnippetTests tests, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (checks.Check(body) is { } complaint)
        {
            return complaint;
        }

        var subject = user.Caller().Subject;
        if (await store.FindAsync(subject, id, cancellationToken) is not { } session
            || (await store.SnippetsAsync(subject, id, version, cancellationToken)).SingleOrDefault() is not { } snippet)
        {
            return CodeProblems.NoSession();
        }

        var model = body.ModelName ?? snippet.Model;
        try
        {
            return TypedResults.Ok(await tests.RunAsync(user.Caller(), session, snippet, CodeLanguage.Find(session.Language)!, body.Tests, body.Repairs ?? 0, model, cancellationToken));
        }
        catch (ModelException failure)
        {
            return CodeProblems.Of(failure, model);
        }
        catch (KernelRefusedException refused)
        {
            return TypedResults.Problem($"No kernel could be started: {refused.Message}", statusCode: StatusCodes.Status503ServiceUnavailable);
        }
    }
}
