using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Conversations;

internal static class ConversationProblems
{
    private const int MaxEcho = 100;

    /// <summary>The same for a conversation that is not there and for one of somebody else.</summary>
    public static ProblemHttpResult NotFound(string id) =>
        TypedResults.Problem($"There is no conversation '{(id.Length <= MaxEcho ? id : id[..MaxEcho])}'.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>A body whose field cannot be taken.</summary>
    public static ProblemHttpResult Invalid(string field, string complaint) =>
        TypedResults.Problem(new HttpValidationProblemDetails(new Dictionary<string, string[]> { [field] = [complaint] })
        {
            Status = StatusCodes.Status422UnprocessableEntity,
            Detail = $"'{field}': {complaint}",
        });
}
