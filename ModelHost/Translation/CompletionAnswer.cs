using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ModelHost.Translation;

/// <summary>An answer of <c>/v1/chat/completions</c> or <c>/v1/completions</c>, whole or a piece of it, as far as Ollama has a word for it.</summary>
internal sealed record CompletionAnswer(IReadOnlyList<CompletionChoice>? Choices, CompletionUsage? Usage, JsonElement Error, string? Object, string? Message)
{
    /// <summary>The error in the node's own words; null where there is none.</summary>
    public string? Failure => Error.ValueKind switch
    {
        JsonValueKind.String => Error.GetString(),
        JsonValueKind.Object => Error.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString() : Error.GetRawText(),
        // vLLM's older form.
        _ => Object == "error" ? Message ?? "the model node failed" : null,
    };

    /// <summary>The words of a body that is an error; null where it has none.</summary>
    public static string? FailureIn(ReadOnlySpan<byte> body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, CompletionJson.Default.CompletionAnswer)?.Failure;
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

internal sealed record CompletionChoice(int? Index, CompletionMessage? Delta, CompletionMessage? Message, string? Text, string? FinishReason, JsonElement Logprobs);

/// <summary>A message or a piece of one. vLLM and llama.cpp's server call thoughts <c>reasoning_content</c>, newer ones <c>reasoning</c>.</summary>
internal sealed record CompletionMessage(string? Content, string? ReasoningContent, string? Reasoning, string? Refusal, IReadOnlyList<CompletionToolCall>? ToolCalls)
{
    public string? Thinking => ReasoningContent ?? Reasoning;
}

internal sealed record CompletionToolCall(int? Index, string? Id, CompletionFunction? Function);

internal sealed record CompletionFunction(string? Name, string? Arguments);

internal sealed record CompletionUsage(int? PromptTokens, int? CompletionTokens);

/// <summary>An answer of <c>/v1/embeddings</c>.</summary>
internal sealed record EmbeddingsAnswer(IReadOnlyList<EmbeddingEntry>? Data, CompletionUsage? Usage);

internal sealed record EmbeddingEntry(int? Index, IReadOnlyList<double>? Embedding);

[JsonSerializable(typeof(CompletionAnswer))]
[JsonSerializable(typeof(EmbeddingsAnswer))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 256)]
internal sealed partial class CompletionJson : JsonSerializerContext;
