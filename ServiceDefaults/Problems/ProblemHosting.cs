using System.Diagnostics;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.ServiceDefaults.Problems;

internal static class ProblemHosting
{
    public static void AddProblems(this IServiceCollection services)
    {
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            if (Activity.Current is { } activity)
            {
                // What the framework adds itself where a service's JSON is snake_case: the same again, in another form.
                context.ProblemDetails.Extensions.Remove("trace_id");
                context.ProblemDetails.Extensions["traceId"] = activity.TraceId.ToString();
            }
        });
        services.AddExceptionHandler<ExpectedFailureHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }
}
