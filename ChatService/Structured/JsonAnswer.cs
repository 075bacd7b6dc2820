using System.Text;
using System.Text.Json;

namespace Lyceum.ChatService.Structured;

/// <summary>Finds the JSON in what a model wrote: alone, in a code fence, or among words.</summary>
internal static class JsonAnswer
{
    private const string Fence = "```";

    public static JsonElement? Find(string answer)
    {
        var text = answer.Trim();
        return Parse(text) ?? Parse(Fenced(text)) ?? Parse(Between(text, '{', '}')) ?? Parse(Between(text, '[', ']'));
    }

    private static string? Fenced(string text)
    {
        var opening = text.IndexOf(Fence, StringComparison.Ordinal);
        var start = opening < 0 ? -1 : text.IndexOf('\n', opening);
        var end = start < 0 ? -1 : text.IndexOf(Fence, start, StringComparison.Ordinal);
        return end < 0 ? null : text[start..end];
    }

    private static string? Between(string text, char opening, char closing)
    {
        var start = text.IndexOf(opening, StringComparison.Ordinal);
        var end = text.LastIndexOf(closing);
        return start >= 0 && end > start ? text[start..(end + 1)] : null;
    }

    private static JsonElement? Parse(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text));
        try
        {
            // Words behind the value make it none: which of the two was meant, only the model knows.
            return JsonElement.TryParseValue(ref reader, out var value) && !reader.Read() ? value : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
