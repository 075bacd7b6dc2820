using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.LearningEvents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.ServiceDefaults.Exams;

/// <summary>Stands before whatever asks a model for a student.</summary>
/// <param name="policy">Says whether an exam is on.</param>
/// <param name="decisions">Where refusals are reported, in services that report learning events.</param>
public sealed class ExamGate(IExamPolicy policy, PolicyDecisions? decisions = null)
{
    /// <summary>Null when the caller may be helped.</summary>
    /// <param name="caller">Who asks.</param>
    /// <param name="notebook">As <see cref="IExamPolicy.IsOnAsync"/> takes it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<ExamRefusal?> RefusalAsync(CallerIdentity caller, string? notebook, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(caller);
        switch (ExamRule.Binds(caller) ? await policy.IsOnAsync(caller.Course, notebook, cancellationToken) : false)
        {
            case false:
                return null;
            case true:
                decisions?.Report(caller, ExamRule.Decision, notebook: notebook);
                return new ExamRefusal(StatusCodes.Status403Forbidden, ExamRule.Closed);
            default:
                return new ExamRefusal(StatusCodes.Status503ServiceUnavailable, "Whether an exam is on cannot be told right now: try again in a moment.");
        }
    }
}

/// <summary>Puts the gate before endpoints.</summary>
public static class ExamEndpoints
{
    /// <summary>Refuses students while their course as a whole is in an exam.</summary>
    /// <param name="endpoints">The endpoints, none of which is about one notebook.</param>
    public static TBuilder ClosedInExams<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter(async (context, next) =>
        {
            var http = context.HttpContext;
            var gate = http.RequestServices.GetRequiredService<ExamGate>();
            return await gate.RefusalAsync(http.User.Caller(), notebook: null, http.RequestAborted) is { } refusal
                ? TypedResults.Problem(refusal.Detail, statusCode: refusal.Status)
                : await next(context);
        });
}
