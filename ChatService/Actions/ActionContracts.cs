using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ChatService.Actions;

/// <summary>The body of <c>PUT /llm/apis/{name}</c>.</summary>
/// <param name="Document">An OpenAPI document, 3.0 or 3.1, as JSON; its first server says where the API is.</param>
public sealed record RegisterApi(JsonElement? Document);

/// <summary>An API that the members of a course may have called.</summary>
/// <param name="Name">Its name in the course.</param>
/// <param name="Title">The document's title.</param>
/// <param name="Server">Where it is.</param>
/// <param name="Operations">What it does.</param>
public sealed record RegisteredApi(string Name, string Title, string Server, IReadOnlyList<RegisteredOperation> Operations);

/// <summary>One operation of an API.</summary>
/// <param name="Id">The document's <c>operationId</c>, else method and path.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, with its parameters in braces.</param>
/// <param name="Summary">The document's summary or description.</param>
/// <param name="Arguments">The JSON Schema of its arguments: <c>path</c>, <c>query</c> and <c>body</c>.</param>
public sealed record RegisteredOperation(string Id, string Method, string Path, string Summary, JsonElement Arguments);

/// <summary>The answer of <c>GET /llm/apis</c>.</summary>
/// <param name="Apis">The APIs of the caller's course, by name.</param>
public sealed record ApiList(IReadOnlyList<RegisteredApi> Apis);

/// <summary>The body of <c>POST /llm/actions</c>.</summary>
/// <param name="Request">What the user wants done, in words.</param>
/// <param name="Api">Only operations of this API; null for all of the course's.</param>
/// <param name="Operation">Exactly this operation of <paramref name="Api"/>; null to let the model choose.</param>
/// <param name="Model">The model to ask; the tutor's unless named.</param>
public sealed record ActionRequest(string? Request, string? Api, string? Operation, string? Model);

/// <summary>A call as a model proposed it, and what became of it.</summary>
/// <param name="ActionId">Its id, a UUIDv7.</param>
/// <param name="Api">The API's name.</param>
/// <param name="Operation">The operation.</param>
/// <param name="Request">The user's words.</param>
/// <param name="Model">The model that proposed it.</param>
/// <param name="Method">The HTTP method that is sent.</param>
/// <param name="Url">The address that it is sent to, whole.</param>
/// <param name="Body">The JSON that is sent, as text; null for none.</param>
/// <param name="Status"><c>proposed</c>, <c>rejected</c>, <c>sending</c>, <c>done</c> or <c>failed</c>. One that stays at <c>sending</c> was cut off: whether it arrived is not known.</param>
/// <param name="CreatedAt">When it was proposed, UTC.</param>
/// <param name="ExpiresAt">Until when it may be approved, UTC.</param>
/// <param name="DecidedAt">When it was approved or rejected, UTC.</param>
/// <param name="AnswerStatus">The API's HTTP status.</param>
/// <param name="Answer">The API's answer as text, cut to a limit.</param>
/// <param name="Failure">Why there is no answer.</param>
public sealed record ProposedAction(
    Guid ActionId,
    string Api,
    string Operation,
    string Request,
    string Model,
    string Method,
    Uri Url,
    string? Body,
    string Status,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? DecidedAt = null,
    int? AnswerStatus = null,
    string? Answer = null,
    string? Failure = null);

/// <summary>The answer of <c>GET /llm/actions</c>.</summary>
/// <param name="Actions">The caller's, the newest first.</param>
public sealed record ActionList(IReadOnlyList<ProposedAction> Actions);

/// <summary>The values of <see cref="ProposedAction.Status"/>.</summary>
internal static class ActionStatus
{
    public const string Proposed = "proposed";
    public const string Rejected = "rejected";
    public const string Sending = "sending";
    public const string Done = "done";
    public const string Failed = "failed";
}

[JsonSerializable(typeof(RegisterApi))]
[JsonSerializable(typeof(RegisteredApi))]
[JsonSerializable(typeof(ApiList))]
[JsonSerializable(typeof(ActionRequest))]
[JsonSerializable(typeof(ProposedAction))]
[JsonSerializable(typeof(ActionList))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ActionJson : JsonSerializerContext;
