using System.Security.Claims;
using System.Text.Json;
using Lyceum.ChatService.Structured;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Lyceum.ChatService.Actions;

/// <summary>The APIs of a course: everybody in it sees them, its instructors register them.</summary>
internal static class ApiEndpoints
{
    private const int MaxName = 50;

    public static void MapApis(this IEndpointRouteBuilder routes)
    {
        var limits = routes.ServiceProvider.GetRequiredService<IOptions<ActionsOptions>>().Value;
        var group = routes.MapGroup("/llm/apis");
        group.MapGet("/", ListAsync);
        group.MapPut("/{name}", PutAsync).RequireAuthorization(Policies.Instructor).WithMetadata(new RequestSizeLimitAttribute(limits.MaxDocumentBytes + 1024));
        group.MapDelete("/{name}", DeleteAsync).RequireAuthorization(Policies.Instructor);
    }

    private static async Task<Ok<ApiList>> ListAsync(ApiStore apis, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        TypedResults.Ok(new ApiList([.. (await apis.ListAsync(user.Caller().Course, null, cancellationToken)).Select(api => Shown(api.Name, api.Description))]));

    private static async Task<Results<Ok<RegisteredApi>, ProblemHttpResult>> PutAsync(
        string name, RegisterApi body, ApiStore apis, OutboundCalls calls, IOptions<ActionsOptions> options, ClaimsPrincipal user, CancellationToken cancellationToken)
    {
        if (name.Length is 0 or > MaxName || !name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            return FieldProblem.Of("name", $"It must be 1 to {MaxName} of a-z, 0-9 and '-'.");
        }

        if (body.Document is not { } document)
        {
            return FieldProblem.Of("document", "It is missing: write an OpenAPI document.");
        }

        if (OpenApiReader.TryRead(document, out var faults) is not { } api)
        {
            return TypedResults.Problem(
                $"'document' cannot be used. At {faults[0].Location}: {faults[0].Message}",
                statusCode: StatusCodes.Status400BadRequest,
                extensions: [new("errors", JsonSerializer.SerializeToElement(faults, StructuredJson.Default.IReadOnlyListSchemaFault))]);
        }

        if (calls.HostOf(api.Server) is null)
        {
            return TypedResults.Problem(
                $"The operator does not allow calls to {api.Server.GetLeftPart(UriPartial.Authority)}: it must be one of Actions:Hosts.", statusCode: StatusCodes.Status403Forbidden);
        }

        return await apis.PutAsync(user.Caller(), name, document, options.Value.MaxApis, cancellationToken)
            ? TypedResults.Ok(Shown(name, api))
            : TypedResults.Problem($"The course has {options.Value.MaxApis} APIs already.", statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string name, ApiStore apis, ClaimsPrincipal user, CancellationToken cancellationToken) =>
        await apis.DeleteAsync(user.Caller().Course, name, cancellationToken)
            ? TypedResults.NoContent()
            : TypedResults.Problem("There is no API of this name.", statusCode: StatusCodes.Status404NotFound);

    private static RegisteredApi Shown(string name, ApiDescription api) => new(
        name,
        api.Title,
        api.Server.AbsoluteUri,
        [.. api.Operations.Select(operation => new RegisteredOperation(operation.Id, operation.Method, operation.Path, operation.Summary, operation.Arguments.Root))]);
}
