using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics;

namespace Lyceum.KernelService.Errors;

/// <summary>Answers a body that cannot be read in the shape that Jupyter's clients show to their users.</summary>
internal sealed class JupyterErrorHandler : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var answer = exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } => JupyterError.BadRequest(Where(json)),
            BadHttpRequestException bad => JupyterError.Result(bad.StatusCode, bad.Message),
            JsonException json => JupyterError.BadRequest(Where(json)),
            _ => null,
        };
        if (answer is null)
        {
            return false;
        }

        await answer.ExecuteAsync(httpContext);
        return true;
    }

    private static string Where(JsonException json) => $"The body is not the JSON that this takes: {json.Message}";
}

internal static class JupyterErrorHosting
{
    /// <summary>Comes before the service defaults, whose handler would answer with problem details.</summary>
    public static void AddJupyterErrors(this IHostApplicationBuilder builder) => builder.Services.AddExceptionHandler<JupyterErrorHandler>();
}
