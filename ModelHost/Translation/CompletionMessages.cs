using System.Globalization;
using System.Text.Json;

namespace Lyceum.ModelHost.Translation;

/// <summary>
/// Writes a conversation as OpenAI has it: images as parts with data URLs, arguments of tools as text, and an id at each call and its
/// result, which Ollama's clients may leave out. What a model thought is not sent back to it.
/// </summary>
internal static class CompletionMessages
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<OllamaMessage> messages)
    {
        // Calls without a result so far, by id and name.
        List<(string Id, string? Name)> open = [];
        var calls = 0;
        writer.WriteStartArray("messages");
        foreach (var message in messages)
        {
            writer.WriteStartObject();
            writer.WriteString("role", message.Role ?? "user");
            WriteContent(writer, message);
            if (message.ToolCalls is { Count: > 0 } made)
            {
                writer.WriteStartArray("tool_calls");
                foreach (var call in made)
                {
                    var id = call.Id is { Length: > 0 } given ? given : string.Create(CultureInfo.InvariantCulture, $"call_{calls}");
                    calls++;
                    open.Add((id, call.Function?.Name));
                    WriteCall(writer, id, call.Function);
                }

                writer.WriteEndArray();
            }

            if (message.Role == "tool")
            {
                writer.WriteString("tool_call_id", Answered(open, message));
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteContent(Utf8JsonWriter writer, OllamaMessage message)
    {
        if (message.Images is not { Count: > 0 } images)
        {
            writer.WriteString("content", message.Content ?? "");
            return;
        }

        writer.WriteStartArray("content");
        if (!string.IsNullOrEmpty(message.Content))
        {
            writer.WriteStartObject();
            writer.WriteString("type", "text");
            writer.WriteString("text", message.Content);
            writer.WriteEndObject();
        }

        foreach (var image in images)
        {
            writer.WriteStartObject();
            writer.WriteString("type", "image_url");
            writer.WriteStartObject("image_url");
            // Always data: what stands here can never be an address for the node to fetch.
            writer.WriteString("url", $"data:{MediaType(image)};base64,{image}");
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteCall(Utf8JsonWriter writer, string id, OllamaFunction? function)
    {
        writer.WriteStartObject();
        writer.WriteString("id", id);
        writer.WriteString("type", "function");
        writer.WriteStartObject("function");
        writer.WriteString("name", function?.Name ?? "");
        writer.WriteString("arguments", function?.Arguments.ValueKind switch
        {
            null or JsonValueKind.Undefined or JsonValueKind.Null => "{}",
            JsonValueKind.String => function.Arguments.GetString(),
            _ => function.Arguments.GetRawText(),
        });
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    /// <summary>The id of the call that a result belongs to: the one it names, else the first of its tool, else the first.</summary>
    private static string Answered(List<(string Id, string? Name)> open, OllamaMessage result)
    {
        var at = result.ToolCallId is { Length: > 0 } id ? open.FindIndex(call => call.Id == id) : open.FindIndex(call => call.Name == result.ToolName);
        if (at < 0 && result.ToolCallId is not { Length: > 0 })
        {
            at = open.Count > 0 ? 0 : -1;
        }

        if (at < 0)
        {
            return result.ToolCallId ?? "call_0";
        }

        var found = open[at].Id;
        open.RemoveAt(at);
        return found;
    }

    // The first bytes of the format, in base64.
    private static string MediaType(string image) =>
        image.StartsWith("/9j/", StringComparison.Ordinal) ? "image/jpeg"
        : image.StartsWith("R0lGOD", StringComparison.Ordinal) ? "image/gif"
        : image.StartsWith("UklGR", StringComparison.Ordinal) ? "image/webp"
        : "image/png";
}
