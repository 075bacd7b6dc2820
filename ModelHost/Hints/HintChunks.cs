using System.Text.Json.Serialization;

namespace Lyceum.ModelHost.Hints;

/// <summary>A piece of an answer of <c>/api/chat</c> or <c>/api/generate</c> (Ollama's api/types.go); figures are in the last one, times in ns.</summary>
public sealed record OllamaChunk
{
    /// <summary>The model's name as the client gave it.</summary>
    public required string Model { get; init; }

    /// <summary>When the piece was made.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The piece, in an answer of <c>/api/chat</c>.</summary>
    public OllamaMessage? Message { get; init; }

    /// <summary>The piece, in an answer of <c>/api/generate</c>.</summary>
    public string? Response { get; init; }

    /// <summary>Whether this is the last piece.</summary>
    public required bool Done { get; init; }

    /// <summary><c>stop</c>, <c>length</c>, <c>load</c> or <c>unload</c>.</summary>
    public string? DoneReason { get; init; }

    /// <summary>From the request to the end.</summary>
    public long? TotalDuration { get; init; }

    /// <summary>Always 0: there is nothing to load.</summary>
    public long? LoadDuration { get; init; }

    /// <summary>Words of the request.</summary>
    public int? PromptEvalCount { get; init; }

    /// <summary>Reading the request.</summary>
    public long? PromptEvalDuration { get; init; }

    /// <summary>Words of the answer.</summary>
    public int? EvalCount { get; init; }

    /// <summary>Writing the answer.</summary>
    public long? EvalDuration { get; init; }
}

/// <summary>A message of Ollama's.</summary>
public sealed record OllamaMessage(string Role, string Content);

/// <summary>An answer of <c>/v1/chat/completions</c>, whole (<c>chat.completion</c>) or a piece (<c>chat.completion.chunk</c>).</summary>
public sealed record OpenAiCompletion(string Id, [property: JsonPropertyName("object")] string Kind, long Created, string Model, string SystemFingerprint, IReadOnlyList<OpenAiChoice> Choices)
{
    /// <summary>In a whole answer, and in the last piece when <c>stream_options.include_usage</c> asks for it.</summary>
    public OpenAiUsage? Usage { get; init; }
}

/// <summary>The only choice.</summary>
public sealed record OpenAiChoice(int Index)
{
    /// <summary>The answer.</summary>
    public OpenAiMessage? Message { get; init; }

    /// <summary>The piece of an answer.</summary>
    public OpenAiMessage? Delta { get; init; }

    /// <summary><c>stop</c> or <c>length</c>; null until the end.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}

/// <summary>A message of OpenAI's.</summary>
public sealed record OpenAiMessage(string? Role, string Content);

/// <summary>Words, counted as tokens.</summary>
public sealed record OpenAiUsage(int PromptTokens, int CompletionTokens, int TotalTokens);

[JsonSerializable(typeof(OllamaChunk))]
[JsonSerializable(typeof(OpenAiCompletion))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
internal sealed partial class HintChunkJson : JsonSerializerContext;
