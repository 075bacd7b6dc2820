using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using Yarp.ReverseProxy.Model;

namespace Lyceum.Gateway.Routing;

/// <summary>Says Gateway's own refusals in the words of the protocol that the path belongs to, so that its clients show them.</summary>
internal sealed class DialectProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => DialectOf(context.HttpContext) != Dialect.Problem;

    public ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var response = context.HttpContext.Response;
        var status = response.StatusCode;
        var title = ReasonPhrases.GetReasonPhrase(status);
        var detail = context.ProblemDetails.Detail ?? title;
        return new ValueTask(DialectOf(context.HttpContext) switch
        {
            Dialect.Jupyter => response.WriteAsJsonAsync(new JupyterError(detail, title), DialectJson.Default.JupyterError),
            Dialect.Ollama => response.WriteAsJsonAsync(new OllamaError(detail), DialectJson.Default.OllamaError),
            _ => response.WriteAsJsonAsync(new OpenAIError(new OpenAIErrorBody(detail, TypeOf(status), null, null)), DialectJson.Default.OpenAIError),
        });
    }

    // After a re-execution, as the exception handler makes one, the endpoint is only left on the feature.
    private static Dialect DialectOf(HttpContext context)
    {
        var path = context.Features.Get<IExceptionHandlerPathFeature>();
        var endpoint = context.GetEndpoint() ?? path?.Endpoint;
        var metadata = endpoint?.Metadata.GetMetadata<RouteModel>()?.Config.Metadata;
        return metadata is not null && Enum.TryParse<Dialect>(metadata[nameof(Dialect)], out var dialect) ? dialect : Dialect.Problem;
    }

    private static string TypeOf(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        < 500 => "invalid_request_error",
        _ => "api_error",
    };
}

internal sealed record JupyterError(string Message, string? Reason);

internal sealed record OllamaError(string Error);

internal sealed record OpenAIError(OpenAIErrorBody Error);

internal sealed record OpenAIErrorBody(string Message, string Type, string? Param, string? Code);

[JsonSerializable(typeof(JupyterError))]
[JsonSerializable(typeof(OllamaError))]
[JsonSerializable(typeof(OpenAIError))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class DialectJson : JsonSerializerContext;
