using System.Buffers;
using System.Text.Json;
using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Translation;

/// <summary>Writes Ollama's requests as OpenAI's.</summary>
internal static class CompletionBody
{
    // Ollama's name, then OpenAI's.
    private static readonly (string Ollama, string OpenAi)[] Sampling =
    [
        ("temperature", "temperature"), ("top_p", "top_p"), ("seed", "seed"), ("presence_penalty", "presence_penalty"), ("frequency_penalty", "frequency_penalty"),
    ];

    // What vLLM (repetition_penalty) and llama.cpp's server (the others) add; each overlooks what is the other's.
    private static readonly (string Ollama, string Added)[] AddedSampling =
    [
        ("top_k", "top_k"), ("min_p", "min_p"), ("typical_p", "typical_p"), ("repeat_last_n", "repeat_last_n"),
        ("repeat_penalty", "repeat_penalty"), ("repeat_penalty", "repetition_penalty"),
    ];

    /// <summary>The body for <c>/v1/chat/completions</c>.</summary>
    public static byte[] Chat(OllamaRequest request, NodeSettings node, string model, bool stream) => Write(writer =>
    {
        Common(writer, request, node, model, stream);
        CompletionMessages.Write(writer, request.Conversation);
        if (node.Extensions && request.Conversation is [.., { Role: "assistant", ToolCalls: null or [] }])
        {
            // As with Ollama, the answer goes on from the assistant's last words; vLLM would begin a new message.
            writer.WriteBoolean("continue_final_message", true);
            writer.WriteBoolean("add_generation_prompt", false);
        }

        if (request.Tools is { ValueKind: JsonValueKind.Array } tools && tools.GetArrayLength() > 0)
        {
            writer.WritePropertyName("tools");
            tools.WriteTo(writer);
        }

        Format(writer, request.Format);
        Thinking(writer, request.Think, node.Extensions);
        if (request.Logprobs is true)
        {
            writer.WriteBoolean("logprobs", true);
            writer.WriteNumber("top_logprobs", request.TopLogprobs ?? 0);
        }
    });

    /// <summary>The body for <c>/v1/completions</c>, which takes a prompt as it is.</summary>
    public static byte[] Raw(OllamaRequest request, NodeSettings node, string model, bool stream) => Write(writer =>
    {
        Common(writer, request, node, model, stream);
        writer.WriteString("prompt", request.Prompt);
        if (!string.IsNullOrEmpty(request.Suffix))
        {
            writer.WriteString("suffix", request.Suffix);
        }

        Format(writer, request.Format);
    });

    /// <summary>The body for <c>/v1/embeddings</c>.</summary>
    public static byte[] Embeddings(OllamaRequest request, string model) => Write(writer =>
    {
        writer.WriteString("model", model);
        writer.WritePropertyName("input");
        if (request.Input.ValueKind is JsonValueKind.String or JsonValueKind.Array)
        {
            request.Input.WriteTo(writer);
        }
        else
        {
            writer.WriteStringValue(request.Prompt ?? "");
        }

        writer.WriteString("encoding_format", "float");
        if (request.Dimensions is > 0 and var dimensions)
        {
            writer.WriteNumber("dimensions", dimensions);
        }
    });

    private static byte[] Write(Action<Utf8JsonWriter> fields)
    {
        var body = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(body, JsonText.Relaxed);
        writer.WriteStartObject();
        fields(writer);
        writer.WriteEndObject();
        writer.Flush();
        return body.WrittenSpan.ToArray();
    }

    private static void Common(Utf8JsonWriter writer, OllamaRequest request, NodeSettings node, string model, bool stream)
    {
        writer.WriteString("model", model);
        writer.WriteBoolean("stream", stream);
        if (stream)
        {
            writer.WriteStartObject("stream_options");
            writer.WriteBoolean("include_usage", true);
            writer.WriteEndObject();
        }

        if (request.Options.ValueKind != JsonValueKind.Object)
        {
            return;
        }

        foreach (var (ollama, openAi) in node.Extensions ? [.. Sampling, .. AddedSampling] : Sampling)
        {
            if (request.Options.TryGetProperty(ollama, out var value) && value.ValueKind == JsonValueKind.Number)
            {
                writer.WritePropertyName(openAi);
                value.WriteTo(writer);
            }
        }

        if (request.Options.TryGetProperty("num_predict", out var limit) && limit.ValueKind == JsonValueKind.Number && limit.TryGetInt32(out var tokens) && tokens > 0)
        {
            writer.WriteNumber("max_tokens", tokens);
        }

        if (request.Options.TryGetProperty("stop", out var stop) && stop.ValueKind is JsonValueKind.String or JsonValueKind.Array)
        {
            writer.WritePropertyName("stop");
            stop.WriteTo(writer);
        }
    }

    private static void Format(Utf8JsonWriter writer, JsonElement format)
    {
        if (format.ValueKind == JsonValueKind.String && format.ValueEquals("json"))
        {
            writer.WriteStartObject("response_format");
            writer.WriteString("type", "json_object");
            writer.WriteEndObject();
        }
        else if (format.ValueKind == JsonValueKind.Object)
        {
            writer.WriteStartObject("response_format");
            writer.WriteString("type", "json_schema");
            writer.WriteStartObject("json_schema");
            writer.WriteString("name", "answer");
            writer.WritePropertyName("schema");
            format.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
    }

    private static void Thinking(Utf8JsonWriter writer, JsonElement think, bool extensions)
    {
        var effort = think.ValueKind == JsonValueKind.String ? think.GetString() : null;
        bool? wanted = think.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.String => effort!.Length > 0 ? true : null,
            _ => null,
        };
        if (effort is { Length: > 0 })
        {
            writer.WriteString("reasoning_effort", effort == "max" ? "high" : effort);
        }

        if (wanted is { } on && extensions)
        {
            writer.WriteStartObject("chat_template_kwargs");
            writer.WriteBoolean("enable_thinking", on);
            writer.WriteEndObject();
        }
    }
}
