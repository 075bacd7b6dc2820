using System.Text.Json.Serialization;

namespace Lyceum.KernelService.Errors;

/// <summary>An error as Jupyter's REST API has it (jupyter_server, <c>base/handlers.py</c>, <c>APIHandler.write_error</c>).</summary>
/// <param name="Message">What is wrong, for a person.</param>
/// <param name="Reason">A short name of the cause, or null.</param>
public sealed record JupyterError(
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("reason"), JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Reason = null)
{
    internal static IResult NotFound(string message) => Result(StatusCodes.Status404NotFound, message);

    internal static IResult BadRequest(string message) => Result(StatusCodes.Status400BadRequest, message);

    internal static IResult Result(int status, string message, string? reason = null) =>
        TypedResults.Json(new JupyterError(message, reason), JupyterErrorJson.Default.JupyterError, statusCode: status);
}

[JsonSerializable(typeof(JupyterError))]
internal sealed partial class JupyterErrorJson : JsonSerializerContext;
