using System.Buffers;
using System.Text.Json;

namespace Lyceum.ModelHost.Translation;

/// <summary>Writes the objects of Ollama's answers, each a line.</summary>
/// <param name="output">Where they go.</param>
/// <param name="model">The model's name in them.</param>
/// <param name="isChat">Whether the text is a message's content; otherwise it is <c>response</c>.</param>
/// <param name="time">Tells when they are made.</param>
internal sealed class OllamaLines(ArrayBufferWriter<byte> output, string model, bool isChat, TimeProvider time)
{
    /// <summary>A piece of the answer, or with <paramref name="end"/> its last object.</summary>
    public void Write(string? text, string? thinking, ToolCallPieces? calls, JsonElement logprobs, Action<Utf8JsonWriter>? end = null)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("model", model);
            writer.WriteString("created_at", time.GetUtcNow().UtcDateTime);
            if (isChat)
            {
                writer.WriteStartObject("message");
                writer.WriteString("role", "assistant");
                writer.WriteString("content", text ?? "");
                More(writer, thinking, calls);
                writer.WriteEndObject();
            }
            else
            {
                writer.WriteString("response", text ?? "");
                More(writer, thinking, calls);
            }

            if (logprobs.ValueKind == JsonValueKind.Object && logprobs.TryGetProperty("content", out var tokens) && tokens.ValueKind == JsonValueKind.Array)
            {
                writer.WritePropertyName("logprobs");
                tokens.WriteTo(writer);
            }

            writer.WriteBoolean("done", end is not null);
            end?.Invoke(writer);
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    public void WriteError(string message)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Relaxed))
        {
            writer.WriteStartObject();
            writer.WriteString("error", message);
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void More(Utf8JsonWriter writer, string? thinking, ToolCallPieces? calls)
    {
        if (!string.IsNullOrEmpty(thinking))
        {
            writer.WriteString("thinking", thinking);
        }

        if (calls is { IsEmpty: false })
        {
            calls.Write(writer);
        }
    }
}
