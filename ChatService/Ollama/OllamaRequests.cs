using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.AI;

namespace Lyceum.ChatService.Ollama;

/// <summary>Says in Ollama's words what Microsoft.Extensions.AI asks for. What Ollama could not be told is refused, not dropped.</summary>
internal static class OllamaRequests
{
    private static readonly JsonElement AnyJson = JsonElement.Parse("\"json\"");
    private static readonly JsonTypeInfo<object?> Any = (JsonTypeInfo<object?>)AIJsonUtilities.DefaultOptions.GetTypeInfo(typeof(object));

    public static OllamaChatRequest From(IEnumerable<ChatMessage> messages, ChatOptions? options)
    {
        List<OllamaMessage> sent = [];
        if (options?.Instructions is { Length: > 0 } instructions)
        {
            sent.Add(new OllamaMessage("system", instructions));
        }

        sent.AddRange(messages.Select(From));
        var model = options?.ModelId ?? throw new ArgumentException("The chat options name no model.", nameof(options));
        return new OllamaChatRequest(model, sent, Stream: true, Format(options.ResponseFormat), Options(options), Tools(options));
    }

    private static OllamaMessage From(ChatMessage message)
    {
        if (message.Contents is [TextContent only] && message.Role != ChatRole.Tool)
        {
            return new OllamaMessage(message.Role.Value, only.Text);
        }

        StringBuilder content = new();
        StringBuilder thinking = new();
        List<string> images = [];
        List<OllamaToolCall> calls = [];
        foreach (var part in message.Contents)
        {
            switch (part)
            {
                case FunctionCallContent call:
                    calls.Add(new OllamaToolCall(new OllamaFunctionCall(call.Name, JsonSerializer.SerializeToElement<object?>(call.Arguments ?? new Dictionary<string, object?>(), Any))));
                    break;
                case FunctionResultContent result:
                    content.Append(result.Result as string ?? JsonSerializer.Serialize(result.Result, Any));
                    break;
                case TextReasoningContent reasoning:
                    thinking.Append(reasoning.Text);
                    break;
                case TextContent text:
                    content.Append(text.Text);
                    break;
                case DataContent data when data.HasTopLevelMediaType("image"):
                    images.Add(data.Base64Data.ToString());
                    break;
                default:
                    throw new NotSupportedException($"The Ollama client cannot send a {part.GetType().Name}.");
            }
        }

        return new OllamaMessage(
            message.Role.Value,
            content.ToString(),
            thinking.Length == 0 ? null : thinking.ToString(),
            images.Count == 0 ? null : images,
            calls.Count == 0 ? null : calls,
            message.Role == ChatRole.Tool ? message.AuthorName : null);
    }

    private static OllamaTool[]? Tools(ChatOptions options) => options.Tools is not { Count: > 0 } tools || options.ToolMode is NoneChatToolMode
        ? null
        : [.. tools.Select(tool => tool is AIFunctionDeclaration function
            ? new OllamaTool("function", new OllamaFunction(function.Name, function.Description, function.JsonSchema))
            : throw new NotSupportedException($"The Ollama client cannot offer a {tool.GetType().Name}."))];

    private static JsonElement? Format(ChatResponseFormat? format) => format switch
    {
        ChatResponseFormatJson { Schema: { } schema } => schema,
        ChatResponseFormatJson => AnyJson,
        _ => null,
    };

    private static OllamaOptions? Options(ChatOptions options)
    {
        var mapped = new OllamaOptions
        {
            Temperature = options.Temperature,
            TopP = options.TopP,
            TopK = options.TopK,
            Seed = options.Seed,
            NumPredict = options.MaxOutputTokens,
            FrequencyPenalty = options.FrequencyPenalty,
            PresencePenalty = options.PresencePenalty,
            Stop = options.StopSequences is { Count: > 0 } stop ? [.. stop] : null,
        };
        return mapped == new OllamaOptions() ? null : mapped;
    }
}
