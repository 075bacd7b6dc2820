using System.Text.Json;
using System.Text.Json.Serialization;
using Lyceum.ChatService.Conversations;

namespace Lyceum.ChatService.Tools;

/// <summary>A call that a model had made, or wants to have made, for an answer.</summary>
/// <param name="CallId">Its id, a UUIDv7.</param>
/// <param name="AnswerId">The answer.</param>
/// <param name="Step">Which of the answer's steps it belongs to, from 1; the calls of a step are made at once.</param>
/// <param name="Tool">The tool as policies call it; null when there is none of that name.</param>
/// <param name="Name">The name by which the model called it.</param>
/// <param name="Arguments">The arguments as the model wrote them.</param>
/// <param name="Status"><c>waiting</c> for approval, <c>approved</c>, <c>denied</c>, <c>running</c>, <c>done</c>, <c>failed</c>, or <c>interrupted</c> with its answer.</param>
/// <param name="Result">What the model was told, cut to a limit; why it failed, if it did. Null while there is nothing, and in a user's own list.</param>
/// <param name="ResultCut">Whether the result was longer.</param>
/// <param name="CreatedAt">When the model asked for it, UTC.</param>
/// <param name="DecidedAt">When it was approved or denied, UTC.</param>
/// <param name="DurationMs">Milliseconds that it took.</param>
public sealed record RecordedCall(
    Guid CallId,
    Guid AnswerId,
    int Step,
    string? Tool,
    string Name,
    JsonElement Arguments,
    string Status,
    string? Result,
    bool ResultCut,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DecidedAt,
    long? DurationMs);

/// <summary>The answer of <c>GET /llm/chat/{session_id}/calls</c> and of <c>GET /tutor/courses/{course}/turns/{answer_id}/calls</c>.</summary>
/// <param name="Calls">In the order in which the model asked for them.</param>
public sealed record CallList(IReadOnlyList<RecordedCall> Calls);

/// <summary>The data of an event <c>tool</c>: a call began or ended. A reader who comes back is told all of them again.</summary>
/// <param name="CallId">The call.</param>
/// <param name="Tool">The tool as policies call it.</param>
/// <param name="Name">The name by which the model called it.</param>
/// <param name="Status"><c>running</c>, then <c>done</c> or <c>failed</c>.</param>
public sealed record ToolEvent(Guid CallId, string Tool, string Name, string Status);

/// <summary>The data of the last event of a stream whose answer waits for its user, <c>approval</c>. It goes on in another once all calls are decided.</summary>
/// <param name="Message">What there is of the answer, with the status <c>waiting</c>.</param>
/// <param name="Session">The conversation.</param>
/// <param name="Calls">What waits for approval.</param>
public sealed record ApprovalEvent(Message Message, ChatSession Session, IReadOnlyList<RecordedCall> Calls);

/// <summary>A tool as <c>GET /tutor/courses/{course}/tools</c> lists it.</summary>
/// <param name="Tool">What policies call it.</param>
/// <param name="Name">What a model calls it.</param>
/// <param name="Description">What a model is told of it.</param>
/// <param name="NeedsApproval">Whether the user approves each call.</param>
/// <param name="Arguments">The JSON Schema of its arguments.</param>
public sealed record ListedTool(string Tool, string Name, string Description, bool NeedsApproval, JsonElement Arguments);

/// <summary>The answer of <c>GET /tutor/courses/{course}/tools</c>.</summary>
/// <param name="Tools">What there is in the course, whatever its policy.</param>
public sealed record ToolList(IReadOnlyList<ListedTool> Tools);

/// <summary>The values of <see cref="RecordedCall.Status"/> that are stored.</summary>
internal static class CallStatus
{
    public const string Waiting = "waiting";
    public const string Approved = "approved";
    public const string Denied = "denied";
    public const string Running = "running";
    public const string Done = "done";
    public const string Failed = "failed";
}

[JsonSerializable(typeof(CallList))]
[JsonSerializable(typeof(RecordedCall))]
[JsonSerializable(typeof(ToolEvent))]
[JsonSerializable(typeof(ApprovalEvent))]
[JsonSerializable(typeof(ToolList))]
[JsonSerializable(typeof(IDictionary<string, object?>))]
[JsonSerializable(typeof(JsonElement))]
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
internal sealed partial class ToolJson : JsonSerializerContext;
