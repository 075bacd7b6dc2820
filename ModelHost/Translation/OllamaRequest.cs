using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ModelHost.Translation;

/// <summary>
/// What Ollama's clients ask (api/types.go), as far as OpenAI's protocol has a word for it. What it has none for is left out:
/// <c>template</c>, <c>context</c>, <c>keep_alive</c>, <c>truncate</c>, <c>shift</c> and the options that a model is loaded with.
/// </summary>
internal sealed record OllamaRequest(
    IReadOnlyList<OllamaMessage>? Messages,
    string? Prompt,
    string? Suffix,
    string? System,
    bool? Raw,
    bool? Stream,
    JsonElement Format,
    JsonElement Think,
    JsonElement Tools,
    JsonElement Options,
    JsonElement KeepAlive,
    JsonElement Input,
    int? Dimensions,
    IReadOnlyList<string>? Images,
    bool? Logprobs,
    int? TopLogprobs)
{
    /// <summary>The conversation: that of a chat, or the one that a prompt stands for.</summary>
    public IReadOnlyList<OllamaMessage> Conversation => Messages
        ?? [.. string.IsNullOrEmpty(System) ? Array.Empty<OllamaMessage>() : [new OllamaMessage("system", System)], new OllamaMessage("user", Prompt) { Images = Images }];

    /// <summary>Whether the model is to be unloaded.</summary>
    public bool Unload => (KeepAlive.ValueKind == JsonValueKind.Number && KeepAlive.TryGetDouble(out var seconds) && seconds == 0)
        || (KeepAlive.ValueKind == JsonValueKind.String && KeepAlive.ValueEquals("0"));

    /// <exception cref="JsonException">The body is not such a request.</exception>
    public static OllamaRequest Read(ReadOnlySpan<byte> body)
    {
        var request = JsonSerializer.Deserialize(body, OllamaRequestJson.Default.OllamaRequest) ?? throw new JsonException("the body must be a JSON object");
        return HasNull(request.Messages) || HasNull(request.Images) || (request.Messages?.Any(message => HasNull(message.Images) || HasNull(message.ToolCalls)) ?? false)
            ? throw new JsonException("messages, images and tool_calls must not have entries that are null")
            : request;
    }

    private static bool HasNull<T>(IReadOnlyList<T>? list)
        where T : class => list?.Any(entry => entry is null) ?? false;
}

/// <summary>A message of a chat.</summary>
internal sealed record OllamaMessage(string? Role, string? Content)
{
    public IReadOnlyList<string>? Images { get; init; }

    public IReadOnlyList<OllamaToolCall>? ToolCalls { get; init; }

    public string? ToolName { get; init; }

    public string? ToolCallId { get; init; }
}

internal sealed record OllamaToolCall(string? Id, OllamaFunction? Function);

internal sealed record OllamaFunction(string? Name, JsonElement Arguments);

[JsonSerializable(typeof(OllamaRequest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, PropertyNameCaseInsensitive = true, MaxDepth = 256)]
internal sealed partial class OllamaRequestJson : JsonSerializerContext;
