using System.Text.Json.Serialization;
using Lyceum.ChatService.Tutor;

namespace Lyceum.ChatService.Conversations;

/// <summary>A conversation as its owner sees it.</summary>
/// <param name="SessionId">Its id, a UUIDv7.</param>
/// <param name="Title">The beginning of the first question, until its owner renames it.</param>
/// <param name="NotebookPath">The notebook that the last question with one was asked in; null when none was named.</param>
/// <param name="CreatedAt">When it was started, UTC.</param>
/// <param name="UpdatedAt">When its last message was added or finished, UTC.</param>
public sealed record ChatSession(Guid SessionId, string Title, string? NotebookPath, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>A question, one try to answer it, or what was said while a person had the conversation.</summary>
/// <param name="Id">Its id, a UUIDv7.</param>
/// <param name="SessionId">The conversation.</param>
/// <param name="Sender"><c>user</c>, <c>assistant</c>, or <c>instructor</c> for a person whom the student asked for.</param>
/// <param name="Content">The text; of an answer that runs, failed or was cancelled, the part that there is.</param>
/// <param name="Timestamp">When it was asked or its answer was begun, UTC.</param>
/// <param name="Model">The model that answered; null for a question, and until the model said its name.</param>
/// <param name="Status"><c>done</c>, <c>failed</c>, <c>cancelled</c>; <c>queued</c> until the model begins to answer, then <c>running</c>.</param>
/// <param name="QuestionId">Of an answer, the question.</param>
/// <param name="Error">Of an answer that failed, why, in words for the student.</param>
/// <param name="PromptVersion">Of an answer, the name and the SHA-256 of the tutor's instructions.</param>
/// <param name="InputTokens">Of an answer, how many tokens the model read; null when it did not say.</param>
/// <param name="OutputTokens">Of an answer, how many tokens the model wrote; null when it did not say.</param>
/// <param name="HintLevel">Of an answer, how far up the hint ladder it might go, 1 to 4.</param>
/// <param name="Sources">Of an answer, what the model was shown beside the question.</param>
/// <param name="Author">Of an instructor's message, the instructor's name.</param>
/// <param name="Feedback">Of an answer, what its student thinks of it: <c>up</c> or <c>down</c>.</param>
public sealed record Message(
    Guid Id,
    Guid SessionId,
    string Sender,
    string Content,
    DateTimeOffset Timestamp,
    string? Model,
    string Status,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] Guid? QuestionId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Error,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? PromptVersion,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? InputTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] long? OutputTokens,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? HintLevel,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Source>? Sources,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Author,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Feedback);

/// <summary>The answer of <c>GET /llm/chat/{session_id}/history/</c>.</summary>
/// <param name="SessionId">The conversation.</param>
/// <param name="Messages">A page of its messages, oldest first.</param>
/// <param name="Next">What to give as <c>before</c> for the page of older messages; null on the last.</param>
public sealed record History(Guid SessionId, IReadOnlyList<Message> Messages, Guid? Next);

/// <summary>The answer of <c>GET /llm/chat/sessions/</c>.</summary>
/// <param name="Sessions">A page of the caller's conversations, the last changed first.</param>
/// <param name="Next">What to give as <c>before</c> for the next page; null on the last.</param>
public sealed record SessionList(IReadOnlyList<ChatSession> Sessions, Guid? Next);

/// <summary>The body of <c>PATCH /llm/chat/{session_id}/</c>.</summary>
/// <param name="Title">The conversation's new title: one line of 1 to 200 characters.</param>
public sealed record RenameRequest(string? Title);

/// <summary>The answer of <c>GET /llm/chat/{session_id}/export/</c> as JSON.</summary>
/// <param name="Session">The conversation.</param>
/// <param name="Messages">All of its messages, oldest first.</param>
public sealed record ExportedConversation(ChatSession Session, IReadOnlyList<Message> Messages);

/// <summary>The values of <see cref="Message.Sender"/>.</summary>
internal static class Sender
{
    public const string User = "user";
    public const string Assistant = "assistant";
}

/// <summary>The values of <see cref="Message.Status"/>.</summary>
internal static class MessageStatus
{
    public const string Queued = "queued";
    public const string Running = "running";
    public const string Waiting = "waiting";
    public const string Done = "done";
    public const string Failed = "failed";
    public const string Cancelled = "cancelled";
}
