using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.TelemetryIngest.Studies;

/// <summary>What a learner is asked, and decides, about the studies of the course.</summary>
internal static class ConsentEndpoints
{
    public static void MapConsents(this IEndpointRouteBuilder routes)
    {
        var studies = routes.MapGroup("/telemetry/studies").RequireAuthorization(policy => policy.RequireRole(Roles.Student));
        studies.MapGet("", OfferedAsync);
        studies.MapPut("/{study:guid}/consent", DecideAsync);
    }

    private static async Task<Ok<OfferedStudies>> OfferedAsync(HttpContext context, ConsentStore consents, CancellationToken cancellationToken) =>
        TypedResults.Ok(new OfferedStudies(await consents.OfferedAsync(context.User.Caller(), cancellationToken)));

    private static async Task<Results<Ok<Consent>, ValidationProblem, ProblemHttpResult>> DecideAsync(
        Guid study, ConsentDecision decision, HttpContext context, ConsentStore consents, CancellationToken cancellationToken)
    {
        if (decision.Version is not { } version || decision.Given is not { } given)
        {
            return TypedResults.ValidationProblem(new Dictionary<string, string[]>
            {
                [decision.Version is null ? "version" : "given"] = ["Write the version of the study that you have read, and given as true or false."],
            });
        }

        var (outcome, consent) = await consents.DecideAsync(context.User.Caller(), study, version, given, cancellationToken);
        return outcome switch
        {
            ConsentOutcome.NoStudy => TypedResults.Problem("There is no such study in your course, or it has ended.", statusCode: StatusCodes.Status404NotFound),
            ConsentOutcome.AnotherVersion => TypedResults.Problem("The study has changed since you read it: read it again.", statusCode: StatusCodes.Status409Conflict),
            _ => TypedResults.Ok(consent!),
        };
    }
}
