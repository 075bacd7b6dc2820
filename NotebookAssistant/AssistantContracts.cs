using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.NotebookAssistant;

// The contents of the assistant's messages (docs/assistant.md). What comes in:

/// <summary><c>llm_request</c>.</summary>
/// <param name="Request">The question.</param>
/// <param name="Stream">Whether the client can take the answer piece by piece.</param>
internal sealed record LlmRequest(string? Request, bool Stream = false);

/// <summary><c>context_setup_request</c>.</summary>
/// <param name="Context"><c>course</c>, <c>assignment</c> or <c>dataset</c>.</param>
/// <param name="ContextInfo">What the client knows of it.</param>
internal sealed record ContextSetupRequest(string? Context, JsonElement ContextInfo = default);

/// <summary><c>set_agent_model</c>.</summary>
/// <param name="ProviderId">A provider of models.</param>
/// <param name="ModelConfig">A model of its.</param>
internal sealed record AgentModel(string? ProviderId, JsonElement ModelConfig = default);

/// <summary><c>lint_code_request</c>.</summary>
/// <param name="NotebookId">Whatever the client calls the notebook; it comes back.</param>
/// <param name="Cells">The cells, at most 500, in their order.</param>
/// <param name="Mode"><c>fast</c>: only what does not parse; <c>thorough</c>: also what looks wrong.</param>
internal sealed record LintCodeRequest(string? NotebookId, IReadOnlyList<LintCell?>? Cells, string? Mode);

/// <summary>A cell to look at.</summary>
internal sealed record LintCell(string? CellId, string? Content);

// What goes out on iopub:

/// <summary><c>llm_response</c>: the whole answer, or a piece of one that streams.</summary>
internal sealed record LlmResponse(string Name, string Text)
{
    private const string Piece = "response_delta";

    /// <summary>Whether it is one of many, which a client that is away can do without.</summary>
    [JsonIgnore]
    public bool IsPiece => Name == Piece;

    public static LlmResponse Whole(string text) => new("response_text", text);

    public static LlmResponse PieceOf(string text) => new(Piece, text);
}

internal sealed record CodeCell(string Language, string Code);

/// <summary><c>add_child_codecell</c>: a cell below the question, with code that runs now.</summary>
/// <param name="Action">Always <c>code_cell</c>.</param>
/// <param name="Language">The kernel's language.</param>
/// <param name="Code">The code.</param>
/// <param name="Autoexecute">Whether the kernel runs it already: the client must not.</param>
/// <param name="ExecuteRequestMsg">The execution; its header has the question's <c>msg_id</c>, under which the outputs come.</param>
/// <param name="CheckpointIndex">The checkpoint that was made before it runs, if one was.</param>
internal sealed record ChildCodeCell(
    string Action,
    string Language,
    string Code,
    bool Autoexecute,
    ExecuteRequestMessage ExecuteRequestMsg,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? CheckpointIndex);

/// <summary>The message of an execution, as far as a client needs it to recognise the outputs.</summary>
internal sealed record ExecuteRequestMessage(JsonElement Header, JsonElement ParentHeader, JsonElement Metadata, JsonElement Content);

/// <summary><c>llm_thought</c>: what the tutor is about to do.</summary>
internal sealed record LlmThought(string Thought, string ToolName, JsonElement ToolInput);

/// <summary><c>llm_observation</c>: what became of it.</summary>
internal sealed record LlmObservation(string Observation, string ToolName);

/// <summary><c>lint_code_result</c>, the cells in their order.</summary>
internal sealed record LintCodeResult(string? NotebookId, IReadOnlyList<LintNote> Notes);

/// <summary>What looks wrong in a cell.</summary>
/// <param name="CellId">The cell.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column, from 1.</param>
/// <param name="Severity"><c>error</c> or <c>warning</c>.</param>
/// <param name="Rule">The kind of thing, such as <c>syntax</c> or <c>undefined-name</c>.</param>
/// <param name="Message">What it is, for people.</param>
internal sealed record LintNote(string? CellId, int Line, int Column, string Severity, string Rule, string Message);

/// <summary>What a linter is given.</summary>
internal sealed record LintCells(IReadOnlyList<LintCell> Cells, bool Thorough);

/// <summary><c>chat_history</c>: the conversation so far, the oldest first.</summary>
/// <param name="Conversation">Its id at ChatService; null before the first question.</param>
/// <param name="Records">Its messages.</param>
internal sealed record ChatHistory(Guid? Conversation, IReadOnlyList<ChatRecord> Records);

/// <summary>A message of a conversation.</summary>
/// <param name="Role"><c>user</c>, <c>assistant</c>, or <c>instructor</c> for a person who took over.</param>
/// <param name="Content">Its text.</param>
/// <param name="Timestamp">When, UTC.</param>
/// <param name="InputTokens">Of an answer, how many tokens the model read, where it said so.</param>
/// <param name="OutputTokens">Of an answer, how many tokens the model wrote, where it said so.</param>
internal sealed record ChatRecord(string Role, string Content, DateTimeOffset Timestamp, long? InputTokens, long? OutputTokens);

/// <summary><c>dataset</c>: the first rows of a table; <c>csv</c> begins with the headers, as clients expect.</summary>
internal sealed record DatasetPreview(string Name, IReadOnlyList<JsonElement> Headers, IReadOnlyList<JsonElement> Csv);

internal sealed record ContextSetupResponse(string Context, JsonElement ContextInfo, ContextLanguage Language);

internal sealed record ContextInfoResponse(
    string Slug, [property: JsonPropertyName("class")] string Class, JsonElement Config, ContextLanguage Language, JsonElement Info);

internal sealed record ContextLanguage(string Slug, string Subkernel);

internal sealed record KernelState(IReadOnlyList<KernelVariable> Variables);

/// <summary>A variable of the kernel's user.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its type's name.</param>
/// <param name="Value">Its value or a description of it, cut; empty if that would take computing.</param>
internal sealed record KernelVariable(string Name, string Type, string Value);

internal sealed record StatusContent(string ExecutionState);

internal sealed record StreamContent(string Name, string Text);

// And on shell:

/// <summary>The reply to each of the requests.</summary>
internal sealed record AssistantReply(
    string Status, int ExecutionCount = 0, JsonElement? Return = null, string? Ename = null, string? Evalue = null, IReadOnlyList<string>? Traceback = null)
{
    public static AssistantReply Ok(JsonElement? value = null) => new("ok", Return: value);

    public static AssistantReply Error(string name, string value) => new("error", Ename: name, Evalue: value, Traceback: [$"{name}: {value}"]);
}

[JsonSerializable(typeof(StatusContent))]
[JsonSerializable(typeof(StreamContent))]
[JsonSerializable(typeof(LlmRequest))]
[JsonSerializable(typeof(ContextSetupRequest))]
[JsonSerializable(typeof(AgentModel))]
[JsonSerializable(typeof(LlmObservation))]
[JsonSerializable(typeof(LintCodeRequest))]
[JsonSerializable(typeof(LintCodeResult))]
[JsonSerializable(typeof(LintCells))]
[JsonSerializable(typeof(IReadOnlyList<LintCell>))]
[JsonSerializable(typeof(IReadOnlyList<LintNote>))]
[JsonSerializable(typeof(ChatHistory))]
[JsonSerializable(typeof(ChildCodeCell))]
[JsonSerializable(typeof(LlmThought))]
[JsonSerializable(typeof(LlmResponse))]
[JsonSerializable(typeof(CodeCell))]
[JsonSerializable(typeof(DatasetPreview))]
[JsonSerializable(typeof(ContextSetupResponse))]
[JsonSerializable(typeof(ContextInfoResponse))]
[JsonSerializable(typeof(KernelState))]
[JsonSerializable(typeof(AssistantReply))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class AssistantJson : JsonSerializerContext;
