using Lyceum.ChatService.Conversations;

namespace Lyceum.ChatService.People;

/// <summary>The body of <c>POST /llm/chat/{session_id}/help/</c>.</summary>
/// <param name="Note">What the student wants the person to know, at most 2000 characters; null for nothing.</param>
public sealed record HelpBody(string? Note);

/// <summary>The body of a message to or from a person.</summary>
/// <param name="Text">The words; required, 8000 characters at most.</param>
public sealed record PersonMessageBody(string? Text);

/// <summary>A conversation whose student asked for a person.</summary>
/// <param name="Id">The request's id, a UUIDv7.</param>
/// <param name="SessionId">The conversation.</param>
/// <param name="Learner">The student's pseudonym.</param>
/// <param name="Title">The conversation's title.</param>
/// <param name="NotebookPath">Its notebook; null when none was named.</param>
/// <param name="Note">What the student wants the person to know; may be empty.</param>
/// <param name="Status"><c>waiting</c>, <c>taken</c> or <c>closed</c>.</param>
/// <param name="AskedAt">When, UTC.</param>
/// <param name="TakenBy">The name of the person who took it; null until somebody does.</param>
/// <param name="UpdatedAt">When the conversation last changed, UTC.</param>
public sealed record HelpRequest(
    Guid Id, Guid SessionId, string Learner, string Title, string? NotebookPath, string Note, string Status, DateTimeOffset AskedAt, string? TakenBy, DateTimeOffset UpdatedAt);

/// <summary>The answer of <c>GET /tutor/courses/{course}/help</c> and the data of the events <c>queue</c>.</summary>
/// <param name="Requests">The open requests, the longest waiting first.</param>
public sealed record OpenRequests(IReadOnlyList<HelpRequest> Requests);

/// <summary>The answer of <c>GET /tutor/courses/{course}/help/{id}</c>.</summary>
/// <param name="Request">The request.</param>
/// <param name="Messages">The newest messages of the conversation, oldest first.</param>
public sealed record HelpConversation(HelpRequest Request, IReadOnlyList<Message> Messages);
