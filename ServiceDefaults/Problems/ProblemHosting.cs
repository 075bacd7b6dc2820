using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
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

            // The framework answers a body that is too large without a word.
            if (context.ProblemDetails is { Status: StatusCodes.Status413PayloadTooLarge, Detail: null }
                && context.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>()?.MaxRequestBodySize is { } limit)
            {
                context.ProblemDetails.Detail = $"The body is too large: this endpoint takes {limit} bytes.";
            }
        });
        services.AddExceptionHandler<ExpectedFailureHandler>();
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }
}
