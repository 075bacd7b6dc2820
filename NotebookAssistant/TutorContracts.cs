using System.Text.Json.Serialization;

namespace Lyceum.NotebookAssistant;

// The fields of ChatService's API that are used here.

internal sealed record StartConversation(string InitialMessage, QuestionContext Context);

internal sealed record AskQuestion(string UserMessage, QuestionContext Context);

/// <param name="NotebookPath">The notebook, as far as it is known.</param>
/// <param name="CellId">The cell that ran last.</param>
/// <param name="Code">The text of the cell that ran last.</param>
/// <param name="Language">The kernel's language.</param>
/// <param name="Error">What the last cell failed with.</param>
/// <param name="CellsRan">The cells that ran before it, the oldest first.</param>
/// <param name="Variables">The variables in scope.</param>
/// <param name="About">What the front-end has told of the notebook.</param>
/// <param name="KernelId">The kernel, whose tools the tutor may use while it answers; null where it has none.</param>
internal sealed record QuestionContext(
    string? NotebookPath, string? CellId, string? Code, string? Language, QuestionError? Error,
    IReadOnlyList<RanCell> CellsRan, IReadOnlyList<ScopeVariable> Variables, string? About, string? KernelId);

internal sealed record RanCell(string Code, string? Error);

internal sealed record ScopeVariable(string Name, string Type, string? Value);

internal sealed record QuestionError(string Name, string Value, IReadOnlyList<string> Traceback);

internal sealed record SessionEvent(Guid SessionId);

internal sealed record DeltaEvent(string? Text);

internal sealed record DoneEvent(DoneMessage? Message);

internal sealed record DoneMessage(string? Content);

internal sealed record TutorHistory(IReadOnlyList<TutorMessage>? Messages);

internal sealed record TutorMessage(string? Sender, string? Content, DateTimeOffset Timestamp, long? InputTokens, long? OutputTokens);

/// <summary>A problem (RFC 9457), as an event or as a body.</summary>
internal sealed record TutorProblem(string? Title, string? Detail);

[JsonSerializable(typeof(StartConversation))]
[JsonSerializable(typeof(AskQuestion))]
[JsonSerializable(typeof(SessionEvent))]
[JsonSerializable(typeof(DeltaEvent))]
[JsonSerializable(typeof(DoneEvent))]
[JsonSerializable(typeof(TutorProblem))]
[JsonSerializable(typeof(TutorHistory))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TutorJson : JsonSerializerContext;
