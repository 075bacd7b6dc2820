using System.Security.Claims;
using Lyceum.ChatService.Conversations;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Exams;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Lyceum.ChatService.Assignments;

internal static class AssignmentEndpoints
{
    private const int MaxBodyBytes = 512 * 1024;
    private const int MaxChanges = 200;

    public static void AddAssignments(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AssignmentStore>();
        builder.Services.AddSingleton<AuditTrail>();
        builder.Services.AddSingleton<HelpFinder>();
        builder.AddExams<CourseExamPolicy>();
    }

    public static void MapAssignments(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tutor/policy", InForceAsync);
        routes.MapGet("/tutor/lockdown", LockdownAsync).RequireAuthorization(policy => policy.RequireRole(Roles.Service));
        var course = routes.MapCourse("/tutor").WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes));
        course.MapGet("/policy", PolicyAsync);
        course.MapPut("/policy", SetPolicyAsync);
        course.MapGet("/assignments", ListAsync);
        course.MapPost("/assignments", CreateAsync);
        course.MapGet("/assignments/{id:guid}", GetAsync);
        course.MapPut("/assignments/{id:guid}", ChangeAsync);
        course.MapDelete("/assignments/{id:guid}", DeleteAsync);
        course.MapGet("/audit", AuditAsync);
    }

    private static async Task<Ok<PolicyInForce>> InForceAsync(string? notebook_path, HelpFinder help, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var found = await help.FindAsync(user.Caller().Course, notebook_path, cancellationToken);
        return TypedResults.Ok(new PolicyInForce(found.Assignment?.Title, found.Policy));
    }

    private static async Task<Results<Ok<Lockdown>, ProblemHttpResult>> LockdownAsync(
        string? course, string? notebook_path, IExamPolicy exams, CancellationToken cancellationToken) => string.IsNullOrEmpty(course)
            ? ConversationProblems.Invalid("course", "It is missing: name the course.")
            : TypedResults.Ok(new Lockdown(await exams.IsOnAsync(course, notebook_path, cancellationToken) is true));

    private static async Task<Ok<HelpPolicy>> PolicyAsync(string course, AssignmentStore assignments, CancellationToken cancellationToken) =>
        TypedResults.Ok(await assignments.PolicyAsync(course, cancellationToken) ?? HelpPolicy.Default);

    private static async Task<Results<Ok<HelpPolicy>, ProblemHttpResult>> SetPolicyAsync(
        string course, HelpPolicyBody body, AssignmentStore assignments, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (AssignmentChecks.Check("", body) is { } complaint)
        {
            return complaint;
        }

        var policy = AssignmentChecks.Policy(body)!;
        await assignments.SetPolicyAsync(user.Caller(), course, policy, cancellationToken);
        return TypedResults.Ok(policy);
    }

    private static async Task<Ok<AssignmentList>> ListAsync(string course, AssignmentStore assignments, CancellationToken cancellationToken) =>
        TypedResults.Ok(new AssignmentList(await assignments.ListAsync(course, cancellationToken)));

    private static async Task<Results<Ok<Assignment>, ProblemHttpResult>> GetAsync(
        string course, Guid id, AssignmentStore assignments, CancellationToken cancellationToken) =>
        await assignments.FindAsync(course, id, cancellationToken) is { } found ? TypedResults.Ok(found) : NotFound(id);

    private static async Task<Results<Created<Assignment>, ProblemHttpResult>> CreateAsync(
        string course, AssignmentBody body, AssignmentStore assignments, ClaimsPrincipal user, TimeProvider time, CancellationToken cancellationToken)
    {
        if (AssignmentChecks.Check(body) is { } complaint)
        {
            return complaint;
        }

        var made = From(body, Guid.CreateVersion7(time.GetUtcNow()), time.GetUtcNow(), time.GetUtcNow());
        return await assignments.SetAsync(user.Caller(), course, made, cancellationToken)
            ? TypedResults.Created(new Uri($"/tutor/courses/{Uri.EscapeDataString(course)}/assignments/{made.Id}", UriKind.Relative), made)
            : Taken(made);
    }

    private static async Task<Results<Ok<Assignment>, ProblemHttpResult>> ChangeAsync(
        string course, Guid id, AssignmentBody body, AssignmentStore assignments, ClaimsPrincipal user, TimeProvider time, CancellationToken cancellationToken)
    {
        if (AssignmentChecks.Check(body) is { } complaint)
        {
            return complaint;
        }

        if (await assignments.FindAsync(course, id, cancellationToken) is not { } before)
        {
            return NotFound(id);
        }

        var changed = From(body, id, before.CreatedAt, time.GetUtcNow());
        return await assignments.SetAsync(user.Caller(), course, changed, cancellationToken) ? TypedResults.Ok(changed) : Taken(changed);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string course, Guid id, AssignmentStore assignments, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await assignments.DeleteAsync(user.Caller(), course, id, cancellationToken) ? TypedResults.NoContent() : NotFound(id);

    private static async Task<Results<Ok<HelpChanges>, ProblemHttpResult>> AuditAsync(
        string course, Guid? before, int? limit, AuditTrail audit, CancellationToken cancellationToken) =>
        limit is < 1 or > MaxChanges
            ? TypedResults.Problem($"'limit' must be between 1 and {MaxChanges}.", statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Ok(await audit.ReadAsync(course, before, limit ?? 50, cancellationToken));

    private static Assignment From(AssignmentBody body, Guid id, DateTimeOffset created, DateTimeOffset updated) => new(
        id,
        NotebookText.Line(body.Title!),
        NotebookText.Line(body.PathPattern!),
        NotebookText.Clean(body.Description ?? "").Trim(),
        AssignmentChecks.Policy(body.Policy),
        string.IsNullOrWhiteSpace(body.ReferenceSolution) ? null : body.ReferenceSolution,
        created,
        updated)
    {
        Objectives = [.. (body.Objectives ?? []).Select(objective => NotebookText.Line(objective!)).Distinct(StringComparer.Ordinal)],
    };

    private static ProblemHttpResult NotFound(Guid id) =>
        TypedResults.Problem($"There is no assignment '{id}' in this course.", statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult Taken(Assignment assignment) => TypedResults.Problem(
        $"Another assignment of the course has the pattern '{assignment.PathPattern}', or the course has {AssignmentStore.MaxAssignments} assignments already.",
        statusCode: StatusCodes.Status409Conflict);
}
