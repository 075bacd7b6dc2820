using System.Text.Json;

namespace Lyceum.KernelService.Errors;

/// <summary>Answers a body that cannot be read in the shape that Jupyter's clients show to their users.</summary>
internal sealed class JupyterErrorMiddleware(RequestDelegate next)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (BadHttpRequestException bad) when (!context.Response.HasStarted)
        {
            var message = bad.InnerException is JsonException json ? Where(json) : bad.Message;
            await JupyterError.Result(bad.StatusCode, message).ExecuteAsync(context);
        }
        catch (JsonException json) when (!context.Response.HasStarted)
        {
            await JupyterError.BadRequest(Where(json)).ExecuteAsync(context);
        }
    }

    private static string Where(JsonException json) => $"The body is not the JSON that this takes: {json.Message}";
}
