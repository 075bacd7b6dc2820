using System.Security.Claims;
using Lyceum.ChatService.Ollama;
using Lyceum.ChatService.Structured;
using Lyceum.ChatService.Tutor;
using Lyceum.ServiceDefaults.Exams;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Actions;

/// <summary>Calls that a model proposes and their user approves.</summary>
internal static class ActionEndpoints
{
    private const int MaxRequest = 16_000;
    private const int MaxList = 200;

    public static void AddActions(this IHostApplicationBuilder builder)
    {
        builder.Services.AddOptions<ActionsOptions>().BindConfiguration("Actions").ValidateDataAnnotations().ValidateOnStart();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, ActionJson.Default));
        builder.Services.AddSingleton<ApiStore>();
        builder.Services.AddSingleton<ActionStore>();
        builder.Services.AddSingleton<ActionProposals>();
        builder.Services.AddSingleton<IHostResolver, DnsResolver>();
        builder.Services.AddSingleton<OutboundAddresses>();
        builder.Services.AddSingleton<OutboundCalls>();
    }

    public static void MapActions(this IEndpointRouteBuilder routes)
    {
        routes.MapApis();
        var group = routes.MapGroup("/llm/actions");
        group.MapPost("/", ProposeAsync).ClosedInExams();
        group.MapGet("/", ListAsync);
        group.MapGet("/{id:guid}", FindAsync);
        group.MapPost("/{id:guid}/approve", ApproveAsync);
        group.MapPost("/{id:guid}/reject", RejectAsync);
    }

    private static async Task<Results<Created<ProposedAction>, ProblemHttpResult>> ProposeAsync(
        ActionRequest body, ApiStore apis, ActionProposals proposals, ActionStore actions, IOptions<TutorOptions> tutor, IOptions<ActionsOptions> options,
        TimeProvider time, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var caller = user.Caller();
        if (Check(body) is { } complaint)
        {
            return complaint;
        }

        var known = await apis.ListAsync(caller.Course, body.Api, cancellationToken);
        if (known.Count == 0 || (body.Operation is not null && known[0].Description.Operations.All(operation => operation.Id != body.Operation)))
        {
            return FieldProblem.Of(body.Operation is not null && known.Count > 0 ? "operation" : "api", "The course has none of this name: GET /llm/apis lists them.");
        }

        var model = body.Model ?? tutor.Value.Model;
        try
        {
            var (proposal, problem) = await proposals.ProposeAsync(body.Request!, known, body.Operation, model, cancellationToken);
            if (proposal is null)
            {
                return problem!;
            }

            var now = time.GetUtcNow();
            var action = new ProposedAction(
                Guid.CreateVersion7(now), proposal.Api, proposal.Operation.Id, body.Request!, proposal.Model, proposal.Operation.Method, proposal.Address,
                proposal.Body, ActionStatus.Proposed, now, now + options.Value.ProposalLifetime);
            await actions.AddAsync(caller, proposal.ApiId, action, cancellationToken);
            return TypedResults.Created($"/llm/actions/{action.ActionId}", action);
        }
        catch (ModelException failure)
        {
            return ModelProblems.Of(failure, model);
        }
    }

    private static ProblemHttpResult? Check(ActionRequest body) =>
        string.IsNullOrWhiteSpace(body.Request) || body.Request.Length > MaxRequest || body.Request.Contains('\0', StringComparison.Ordinal)
            ? FieldProblem.Of("request", $"It must be 1 to {MaxRequest} characters that say what to do, without NUL.")
        : body.Operation is not null && body.Api is null ? FieldProblem.Of("api", "It is missing: 'operation' is one of an API's.")
        : StructuredChecks.CheckModel("model", body.Model);

    private static async Task<Results<Ok<ActionList>, ProblemHttpResult>> ListAsync(
        int? limit, Guid? before, ActionStore actions, ClaimsPrincipal user, CancellationToken cancellationToken) => limit is < 1 or > MaxList
            ? FieldProblem.Of("limit", $"It must be between 1 and {MaxList}.")
            : TypedResults.Ok(new ActionList(await actions.ListAsync(user.Caller().Subject, before, limit ?? 50, cancellationToken)));

    private static async Task<Results<Ok<ProposedAction>, ProblemHttpResult>> FindAsync(Guid id, ActionStore actions, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await actions.FindAsync(user.Caller().Subject, id, cancellationToken) is { } action ? TypedResults.Ok(action) : NotFound();

    private static async Task<Results<Ok<ProposedAction>, ProblemHttpResult>> ApproveAsync(
        Guid id, ActionStore actions, OutboundCalls calls, TimeProvider time, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        var subject = user.Caller().Subject;
        if (await actions.DecideAsync(subject, id, ActionStatus.Sending, time.GetUtcNow(), cancellationToken) is not { } action)
        {
            return await ClosedAsync(actions, subject, id, cancellationToken);
        }

        // From here on it may have arrived: a client that goes does not stop it from being recorded.
        var outcome = await calls.SendAsync(action.Method, action.Url, action.Body, CancellationToken.None);
        return TypedResults.Ok(await actions.FinishAsync(id, outcome, CancellationToken.None));
    }

    private static async Task<Results<Ok<ProposedAction>, ProblemHttpResult>> RejectAsync(
        Guid id, ActionStore actions, TimeProvider time, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await actions.DecideAsync(user.Caller().Subject, id, ActionStatus.Rejected, time.GetUtcNow(), cancellationToken) is { } action
            ? TypedResults.Ok(action)
            : await ClosedAsync(actions, user.Caller().Subject, id, cancellationToken);

    private static async Task<ProblemHttpResult> ClosedAsync(ActionStore actions, string subject, Guid id, CancellationToken cancellationToken) =>
        await actions.FindAsync(subject, id, cancellationToken) is { } action
            ? TypedResults.Problem(
                action.Status == ActionStatus.Proposed ? "The proposal has expired, or its API has changed: ask again." : $"The proposal has been decided already: it is '{action.Status}'.",
                statusCode: StatusCodes.Status409Conflict)
            : NotFound();

    private static ProblemHttpResult NotFound() => TypedResults.Problem("There is no such action.", statusCode: StatusCodes.Status404NotFound);
}
