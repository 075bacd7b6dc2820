using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ChatService.Ollama;

/// <summary>The body of Ollama's <c>POST /api/chat</c>, as far as we send it (ollama/ollama, api/types.go).</summary>
internal sealed record OllamaChatRequest(
    string Model,
    IReadOnlyList<OllamaMessage> Messages,
    bool Stream,
    JsonElement? Format,
    OllamaOptions? Options,
    IReadOnlyList<OllamaTool>? Tools);

/// <summary>One message; images are base64 without a data URI's head, and a tool's result names its tool.</summary>
internal sealed record OllamaMessage(
    string Role,
    string Content,
    string? Thinking = null,
    IReadOnlyList<string>? Images = null,
    IReadOnlyList<OllamaToolCall>? ToolCalls = null,
    string? ToolName = null);

internal sealed record OllamaTool(string Type, OllamaFunction Function);

internal sealed record OllamaFunction(string Name, string Description, JsonElement Parameters);

internal sealed record OllamaToolCall(OllamaFunctionCall? Function, string? Id = null);

internal sealed record OllamaFunctionCall(string? Name, JsonElement? Arguments);

internal sealed record OllamaOptions
{
    public float? Temperature { get; init; }

    public float? TopP { get; init; }

    public int? TopK { get; init; }

    public long? Seed { get; init; }

    public int? NumPredict { get; init; }

    public float? FrequencyPenalty { get; init; }

    public float? PresencePenalty { get; init; }

    public IReadOnlyList<string>? Stop { get; init; }
}

/// <summary>One line of the answer; the last has <see cref="Done"/>, and an answer that failed ends with <see cref="Error"/>.</summary>
internal sealed record OllamaChatChunk(
    string? Model,
    DateTimeOffset? CreatedAt,
    OllamaChunkMessage? Message,
    bool Done,
    string? DoneReason,
    long? PromptEvalCount,
    long? EvalCount,
    string? Error);

internal sealed record OllamaChunkMessage(string? Content, string? Thinking, IReadOnlyList<OllamaToolCall>? ToolCalls = null);

[JsonSerializable(typeof(OllamaChatRequest))]
[JsonSerializable(typeof(OllamaChatChunk))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class OllamaJson : JsonSerializerContext;
