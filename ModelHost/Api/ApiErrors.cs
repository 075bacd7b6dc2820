using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace Lyceum.ModelHost.Api;

/// <summary>An error as Ollama answers it (api/types.go, <c>StatusError</c>).</summary>
/// <param name="Error">What went wrong.</param>
public sealed record OllamaError([property: JsonPropertyName("error")] string Error);

/// <summary>An error as OpenAI answers it.</summary>
/// <param name="Error">What went wrong.</param>
public sealed record OpenAiError([property: JsonPropertyName("error")] OpenAiErrorDetail Error);

/// <summary>The inner part of <see cref="OpenAiError"/>.</summary>
/// <param name="Message">What went wrong.</param>
/// <param name="Type">The kind, such as <c>invalid_request_error</c>.</param>
/// <param name="Param">The parameter at fault; always null here.</param>
/// <param name="Code">A machine's name for it; always null here, as with Ollama.</param>
public sealed record OpenAiErrorDetail(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("type")] string Type,
    [property: JsonPropertyName("param")] string? Param,
    [property: JsonPropertyName("code")] string? Code);

[JsonSerializable(typeof(OllamaError))]
[JsonSerializable(typeof(OpenAiError))]
internal sealed partial class ErrorJson : JsonSerializerContext;

internal static class ApiErrors
{
    /// <summary>The error in the protocol's own shape.</summary>
    public static byte[] Serialize(ApiShape shape, int status, string message) => shape == ApiShape.OpenAi
        ? JsonSerializer.SerializeToUtf8Bytes(new OpenAiError(new OpenAiErrorDetail(message, Type(status), null, null)), ErrorJson.Default.OpenAiError)
        : JsonSerializer.SerializeToUtf8Bytes(new OllamaError(message), ErrorJson.Default.OllamaError);

    /// <summary>Answers a request with an error, in the shape of its protocol.</summary>
    public static async Task WriteErrorAsync(this HttpContext context, int status, string message)
    {
        var body = Serialize(ApiShapes.Of(context.Request.Path), status, message);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.Length;
        if (status == StatusCodes.Status503ServiceUnavailable)
        {
            context.Response.Headers.RetryAfter = "2";
        }

        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await context.Response.Body.WriteAsync(body, context.RequestAborted);
        }
    }

    private static string Type(int status) => status switch
    {
        StatusCodes.Status401Unauthorized => "authentication_error",
        StatusCodes.Status403Forbidden => "permission_error",
        StatusCodes.Status404NotFound => "not_found_error",
        StatusCodes.Status429TooManyRequests => "rate_limit_error",
        < StatusCodes.Status500InternalServerError => "invalid_request_error",
        _ => "api_error",
    };
}

/// <summary>
/// Gives what the framework refuses (no identity, unknown path, body too large, bad request) the shape of the protocol too,
/// in place of ProblemDetails.
/// </summary>
internal sealed class ApiErrorWriter : IProblemDetailsWriter
{
    // /nodes and /usage are our own, and keep ProblemDetails.
    public bool CanWrite(ProblemDetailsContext context) => !ApiShapes.IsOwn(context.HttpContext.Request.Path);

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var status = context.ProblemDetails.Status ?? context.HttpContext.Response.StatusCode;
        var message = context.ProblemDetails.Detail ?? status switch
        {
            StatusCodes.Status404NotFound => $"{context.HttpContext.Request.Path} is not part of this API",
            StatusCodes.Status405MethodNotAllowed => $"{context.HttpContext.Request.Path} does not take {context.HttpContext.Request.Method}",
            _ => ReasonPhrases.GetReasonPhrase(status),
        };
        await context.HttpContext.WriteErrorAsync(status, message);
    }
}
