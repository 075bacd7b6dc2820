using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ModelHost.Hints;

/// <summary>The fields of a chat or generate request, of either API, that the built-in model reads.</summary>
internal sealed record HintRequest(
    IReadOnlyList<HintRequestMessage?>? Messages,
    string? Prompt,
    bool? Stream,
    JsonElement Tools,
    JsonElement Format,
    JsonElement Think,
    JsonElement KeepAlive,
    HintRequestOptions? Options,
    int? MaxTokens,
    int? MaxCompletionTokens,
    HintResponseFormat? ResponseFormat,
    HintStreamOptions? StreamOptions)
{
    /// <summary>How many tokens (words) may be answered; null for no limit.</summary>
    public int? Limit => (MaxCompletionTokens ?? MaxTokens ?? Options?.NumPredict) is { } limit and > 0 ? limit : null;

    /// <summary>The conversation that the request carries.</summary>
    public IReadOnlyList<HintMessage> Conversation => Messages is null
        ? string.IsNullOrEmpty(Prompt) ? [] : [new HintMessage("user", Prompt)]
        : [.. Messages.OfType<HintRequestMessage>().Select(message => new HintMessage(message.Role ?? "user", message.Text))];

    /// <summary>What the request asks for that a catalogue cannot do, or null.</summary>
    public string? Unsupported =>
        Tools is { ValueKind: JsonValueKind.Array } && Tools.GetArrayLength() > 0 ? "tools"
        : Format.ValueKind is JsonValueKind.Object or JsonValueKind.String && !IsEmptyText(Format) ? "structured output"
        : ResponseFormat?.Type is not (null or "text") ? "structured output"
        : Think.ValueKind is JsonValueKind.True || (Think.ValueKind is JsonValueKind.String && !IsEmptyText(Think)) ? "thinking"
        : null;

    /// <summary>Whether the model is to be unloaded rather than asked.</summary>
    public bool Unload => (KeepAlive.ValueKind == JsonValueKind.Number && KeepAlive.TryGetDouble(out var seconds) && seconds == 0)
        || (KeepAlive.ValueKind == JsonValueKind.String && KeepAlive.ValueEquals("0"));

    private static bool IsEmptyText(JsonElement element) => element.ValueKind == JsonValueKind.String && element.ValueEquals("");
}

/// <summary>A message; its content is a text, or OpenAI's list of parts.</summary>
internal sealed record HintRequestMessage(string? Role, JsonElement Content)
{
    public string Text => Content.ValueKind switch
    {
        JsonValueKind.String => Read(Content),
        JsonValueKind.Array => string.Join('\n', Content.EnumerateArray().Select(PartText)),
        _ => "",
    };

    private static string PartText(JsonElement part) =>
        part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String ? Read(text) : "";

    // An element takes its text apart only now, and half a surrogate pair is no text: the client's mistake, not ours.
    private static string Read(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException failure)
        {
            throw new JsonException("the content of a message is not valid Unicode", failure);
        }
    }
}

internal sealed record HintRequestOptions(int? NumPredict);

internal sealed record HintResponseFormat(string? Type);

internal sealed record HintStreamOptions(bool? IncludeUsage);

[JsonSerializable(typeof(HintRequest))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, MaxDepth = 256)]
internal sealed partial class HintRequestJson : JsonSerializerContext;
