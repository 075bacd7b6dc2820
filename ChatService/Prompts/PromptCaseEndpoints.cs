using Lyceum.ChatService.Conversations;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lyceum.ChatService.Prompts;

/// <summary>A course's own regression cases.</summary>
internal static class PromptCaseEndpoints
{
    public static void MapPromptCases(this IEndpointRouteBuilder course)
    {
        course.MapGet("/prompt-cases", ListAsync);
        course.MapPut("/prompt-cases/{id}", SetAsync);
        course.MapDelete("/prompt-cases/{id}", DeleteAsync);
    }

    private static async Task<Ok<PromptCaseList>> ListAsync(string course, PromptCases cases, CancellationToken cancellationToken) =>
        TypedResults.Ok(new PromptCaseList(await cases.ListAsync(course, cancellationToken)));

    private static async Task<Results<Ok<PromptCase>, ProblemHttpResult>> SetAsync(
        string course, string id, PromptCase body, PromptChecks checks, PromptCases cases, CancellationToken cancellationToken)
    {
        if (!PromptChecks.IsId(id) || PromptCases.BuiltIn.Any(one => one.Id == id))
        {
            return ConversationProblems.Invalid("id", "It must be 1 to 60 lower-case letters, digits or '-', and not the id of a built-in case.");
        }

        if (checks.Check(body) is { } complaint)
        {
            return complaint;
        }

        var one = body with { Id = id };
        return await cases.SetAsync(course, one, cancellationToken)
            ? TypedResults.Ok(one)
            : TypedResults.Problem($"The course has {PromptCases.MaxCases} cases already.", statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string course, string id, PromptCases cases, CancellationToken cancellationToken) =>
        await cases.DeleteAsync(course, id, cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem("The course has no case of its own by this id.", statusCode: StatusCodes.Status404NotFound);
}
