using System.Text.Json.Serialization;

namespace Lyceum.KernelService.Assistant;

// The fields of ChatService's API that are used here.

internal sealed record StartConversation(string InitialMessage, QuestionContext Context);

internal sealed record AskQuestion(string UserMessage, QuestionContext Context);

internal sealed record QuestionContext(
    string? NotebookPath, string? CellId, string? Code, string? Language, QuestionError? Error,
    IReadOnlyList<RanCell> CellsRan, IReadOnlyList<ScopeVariable> Variables, string? About);

internal sealed record RanCell(string Code, string? Error);

internal sealed record ScopeVariable(string Name, string Type, string? Value);

internal sealed record QuestionError(string Name, string Value, IReadOnlyList<string> Traceback);

internal sealed record SessionEvent(Guid SessionId);

internal sealed record DeltaEvent(string? Text);

internal sealed record DoneEvent(DoneMessage? Message);

internal sealed record DoneMessage(string? Content);

/// <summary>A problem (RFC 9457), as an event or as a body.</summary>
internal sealed record TutorProblem(string? Title, string? Detail);

[JsonSerializable(typeof(StartConversation))]
[JsonSerializable(typeof(AskQuestion))]
[JsonSerializable(typeof(SessionEvent))]
[JsonSerializable(typeof(DeltaEvent))]
[JsonSerializable(typeof(DoneEvent))]
[JsonSerializable(typeof(TutorProblem))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class TutorJson : JsonSerializerContext;
