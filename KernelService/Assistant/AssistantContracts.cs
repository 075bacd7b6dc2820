using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.KernelService.Assistant;

// The contents of the assistant's messages (docs/assistant.md). What comes in:

/// <summary><c>llm_request</c>.</summary>
/// <param name="Request">The question.</param>
/// <param name="Stream">Whether the client can take the answer piece by piece.</param>
internal sealed record LlmRequest(string? Request, bool Stream = false);

/// <summary><c>context_setup_request</c>.</summary>
/// <param name="Context"><c>course</c>, <c>assignment</c> or <c>dataset</c>.</param>
/// <param name="ContextInfo">What the client knows of it.</param>
internal sealed record ContextSetupRequest(string? Context, JsonElement ContextInfo = default);

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

// And on shell:

/// <summary>The reply to each of the requests.</summary>
internal sealed record AssistantReply(
    string Status, int ExecutionCount = 0, JsonElement? Return = null, string? Ename = null, string? Evalue = null, IReadOnlyList<string>? Traceback = null)
{
    public static AssistantReply Ok(JsonElement? value = null) => new("ok", Return: value);

    public static AssistantReply Error(string name, string value) => new("error", Ename: name, Evalue: value, Traceback: [$"{name}: {value}"]);
}

[JsonSerializable(typeof(LlmRequest))]
[JsonSerializable(typeof(ContextSetupRequest))]
[JsonSerializable(typeof(LlmResponse))]
[JsonSerializable(typeof(CodeCell))]
[JsonSerializable(typeof(DatasetPreview))]
[JsonSerializable(typeof(ContextSetupResponse))]
[JsonSerializable(typeof(ContextInfoResponse))]
[JsonSerializable(typeof(KernelState))]
[JsonSerializable(typeof(AssistantReply))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class AssistantJson : JsonSerializerContext;
