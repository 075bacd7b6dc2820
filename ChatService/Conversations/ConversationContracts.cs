using System.Text.Json.Serialization;

namespace Lyceum.ChatService.Conversations;

/// <summary>A conversation as its owner sees it.</summary>
/// <param name="SessionId">Its id, a UUIDv7.</param>
/// <param name="Title">The beginning of the first question.</param>
/// <param name="NotebookPath">The notebook that the last question with one was asked in; null when none was named.</param>
/// <param name="CreatedAt">When it was started, UTC.</param>
/// <param name="UpdatedAt">When its last message was added or finished, UTC.</param>
public sealed record ChatSession(Guid SessionId, string Title, string? NotebookPath, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A question, or one try to answer it.</summary>
/// <param name="Id">Its id, a UUIDv7.</param>
/// <param name="SessionId">The conversation.</param>
/// <param name="Sender"><c>user</c> or <c>assistant</c>.</param>
/// <param name="Content">The text; of an answer that runs, failed or was cancelled, the part that there is.</param>
/// <param name="Timestamp">When it was asked or its answer was begun, UTC.</param>
/// <param name="Model">The model that answered; null for a question, and until the model said its name.</param>
/// <param name="Status"><c>done</c>, <c>failed</c>, <c>cancelled</c> or <c>running</c>.</param>
/// <param name="QuestionId">Of an answer, the question.</param>
/// <param name="Error">Of an answer that failed, why, in words for the student.</param>
public sealed record Message(
    Guid Id,
    Guid SessionId,
    string Sender,
    string Content,
    DateTimeOffset Timestamp,
    string? Model,
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? QuestionId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error);

/// <summary>The answer of <c>GET /llm/chat/{session_id}/history/</c>.</summary>
/// <param name="SessionId">The conversation.</param>
/// <param name="Messages">Its messages, oldest first.</param>
public sealed record History(Guid SessionId, IReadOnlyList<Message> Messages);

/// <summary>The answer of <c>GET /llm/chat/sessions/</c>.</summary>
/// <param name="Sessions">The caller's conversations, the last changed first.</param>
public sealed record SessionList(IReadOnlyList<ChatSession> Sessions);

/// <summary>The values of <see cref="Message.Sender"/>.</summary>
internal static class Sender
{
    public const string User = "user";
    public const string Assistant = "assistant";
}

/// <summary>The values of <see cref="Message.Status"/>.</summary>
internal static class MessageStatus
{
    public const string Running = "running";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}
