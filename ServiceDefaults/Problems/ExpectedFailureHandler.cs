using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace Lyceum.ServiceDefaults.Problems;

/// <summary>Turns failures that are not bugs into the status that tells a client what to do next.</summary>
internal sealed class ExpectedFailureHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var (status, detail) = exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } => (StatusCodes.Status400BadRequest, Where(json)),
            BadHttpRequestException bad => (bad.StatusCode, bad.Message),
            JsonException json => (StatusCodes.Status400BadRequest, Where(json)),
            NpgsqlException { IsTransient: true } => (StatusCodes.Status503ServiceUnavailable, "The database is away. Nothing was stored: try again in a moment."),
            HttpRequestException { StatusCode: HttpStatusCode.GatewayTimeout } late => (StatusCodes.Status504GatewayTimeout, late.Message),
            HttpRequestException => (StatusCodes.Status503ServiceUnavailable, "A service that this one needs is away: try again in a moment."),
            _ => (0, ""),
        };
        if (status == 0)
        {
            return false;
        }

        httpContext.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            httpContext.Response.Headers.RetryAfter = "2";
        }

        // Not IProblemDetailsService: that writes nothing to a client that asked for another type, such as an event stream.
        await TypedResults.Problem(detail, statusCode: status).ExecuteAsync(httpContext);
        return true;
    }

    private static string Where(JsonException json) =>
        $"The body is not the JSON that this endpoint takes: {json.Message}";
}
