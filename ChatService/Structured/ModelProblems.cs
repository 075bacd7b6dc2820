using Lyceum.ChatService.Ollama;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Structured;

internal static class ModelProblems
{
    /// <summary>A model's failure as an answer to a client that asked for one thing and keeps nothing.</summary>
    public static ProblemHttpResult Of(ModelException failure, string model) => failure switch
    {
        { IsUnknownModel: true } => UnknownModel(model),
        { Failure: ModelFailure.Away or ModelFailure.Busy } => Problem(StatusCodes.Status503ServiceUnavailable, failure),
        { Failure: ModelFailure.TimedOut } => Problem(StatusCodes.Status504GatewayTimeout, failure),
        _ => Problem(StatusCodes.Status502BadGateway, failure),
    };

    public static ProblemHttpResult UnknownModel(string model) =>
        TypedResults.Problem($"There is no model '{model}'.", statusCode: StatusCodes.Status404NotFound);

    private static ProblemHttpResult Problem(int status, ModelException failure) =>
        TypedResults.Problem($"The model did not answer: {failure.Message}.", statusCode: status);
}
