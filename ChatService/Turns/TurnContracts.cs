using Lyceum.ChatService.Conversations;

namespace Lyceum.ChatService.Turns;

/// <summary>The body of <c>POST /llm/chat/</c>.</summary>
/// <param name="UserId">Taken for compatibility and not used: who asks is what the identity token says.</param>
/// <param name="InitialMessage">The student's words; required, 64 KB at most unless configured otherwise.</param>
/// <param name="Context">What the question is about; null when unknown.</param>
public sealed record StartRequest(string? UserId, string? InitialMessage, QuestionContext? Context);

/// <summary>The body of <c>POST /llm/chat/{session_id}/message/</c>.</summary>
/// <param name="UserMessage">The student's words; required, 64 KB at most unless configured otherwise.</param>
/// <param name="Context">What the question is about; null when unknown.</param>
public sealed record AskRequest(string? UserMessage, QuestionContext? Context);

/// <summary>What a question is about. Everything may be null; what is too long for the model is cut, visibly.</summary>
/// <param name="NotebookPath">The notebook's path in the workspace, at most 1024 characters.</param>
/// <param name="CellId">The cell's id, at most 256 characters.</param>
/// <param name="Code">The cell's text.</param>
/// <param name="Language">The language of the code, such as <c>python</c>, at most 64 characters.</param>
/// <param name="Error">The error that the cell ended with; null lets the tutor look for the student's last one.</param>
/// <param name="CellsBefore">The texts of cells above it, in the notebook's order, at most 20; the nearest are shown first.</param>
/// <param name="CellsAfter">The texts of cells below it, likewise.</param>
/// <param name="CellsRan">Cells that ran before it, the last at the end, at most 20; the latest are shown first.</param>
/// <param name="Variables">What is in scope in the kernel, the newest at the end, at most 200; the newest are shown first.</param>
/// <param name="About">What the student works on, as the client knows it: a course, an exercise, a data set.</param>
/// <param name="Activity">What the student did of late, as the client knows it; null lets the tutor look for it.</param>
public sealed record QuestionContext(
    string? NotebookPath,
    string? CellId,
    string? Code,
    string? Language,
    QuestionError? Error,
    IReadOnlyList<string?>? CellsBefore = null,
    IReadOnlyList<string?>? CellsAfter = null,
    IReadOnlyList<RanCell?>? CellsRan = null,
    IReadOnlyList<ScopeVariable?>? Variables = null,
    string? About = null,
    string? Activity = null)
{
    /// <summary>The kernel in which the question is asked, at most 100 characters; its tools can be used while the question is answered, and the tutor looks at its variables where <c>variables</c> are not given.</summary>
    public string? KernelId { get; init; }
}

/// <summary>A cell that ran.</summary>
/// <param name="Code">Its text.</param>
/// <param name="Error">The class of the error that it failed with; null when it did not.</param>
public sealed record RanCell(string? Code, string? Error);

/// <summary>A variable in a kernel.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type.</param>
/// <param name="Value">Its value, shortened; null when it is not told.</param>
public sealed record ScopeVariable(string? Name, string? Type, string? Value);

/// <summary>An error as Jupyter's <c>error</c> output has it.</summary>
/// <param name="Name">Its class, such as <c>NameError</c>; required.</param>
/// <param name="Value">Its message.</param>
/// <param name="Traceback">The traceback's lines; terminal colours are removed.</param>
public sealed record QuestionError(string? Name, string? Value, IReadOnlyList<string>? Traceback);

/// <summary>The answer of <c>POST /llm/chat/</c>.</summary>
/// <param name="SessionId">The new conversation.</param>
/// <param name="Message">The tutor's answer.</param>
public sealed record StartedConversation(Guid SessionId, Message Message);

/// <summary>The answer of <c>POST /llm/chat/{session_id}/message/</c> and <c>.../retry/</c>.</summary>
/// <param name="ResponseMessage">The tutor's answer.</param>
/// <param name="UpdatedSession">The conversation as it now is.</param>
public sealed record AnsweredQuestion(Message ResponseMessage, ChatSession UpdatedSession);

/// <summary>The data of the first event of a stream, <c>session</c>: the question is stored.</summary>
/// <param name="SessionId">The conversation.</param>
/// <param name="QuestionId">The question's message.</param>
/// <param name="AnswerId">The answer's message.</param>
public sealed record SessionEvent(Guid SessionId, Guid QuestionId, Guid AnswerId);

/// <summary>The data of an event <c>delta</c>.</summary>
/// <param name="Text">What the answer grew by.</param>
public sealed record DeltaEvent(string Text);

/// <summary>The data of the last event of a stream that went well, <c>done</c>: the answer is stored.</summary>
/// <param name="Message">The whole answer; of one that its student stopped, with the status <c>cancelled</c>, what there is of it.</param>
/// <param name="Session">The conversation as it now is.</param>
public sealed record DoneEvent(Message Message, ChatSession Session);
