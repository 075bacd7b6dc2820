using System.Text.Json;
using Lyceum.ModelHost.Forwarding;

namespace Lyceum.ModelHost.Translation;

/// <summary>
/// Finds addresses in a request that its node would fetch: vLLM and cloud providers take images, sounds and files by URL, and thus
/// a student's request would make the node ask hosts that only it can reach. Ollama takes none.
/// </summary>
internal static class RemoteContent
{
    public const string Message = "images, audio, video and files must be in the request itself, as data: URLs";

    private static readonly string[] Holders = ["image_url", "audio_url", "video_url", "file_url", "server_url"];

    /// <summary>Whether the body names another host.</summary>
    public static bool IsIn(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = ModelRequest.MaxDepth });
        var holder = -1;
        while (reader.Read())
        {
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray && reader.CurrentDepth < holder)
            {
                holder = -1;
            }

            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (IsHolder(ref reader))
            {
                var depth = reader.CurrentDepth;
                reader.Read();
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
                {
                    // All that is in the outermost one counts, so that none within it can hide what follows.
                    holder = holder < 0 ? depth + 1 : holder;
                }
                else if (IsRemote(ref reader))
                {
                    return true;
                }
            }
            else if (holder >= 0 && reader.ValueTextEquals("url"u8))
            {
                reader.Read();
                if (IsRemote(ref reader))
                {
                    return true;
                }
            }
        }

        return false;
    }

    private static bool IsHolder(ref Utf8JsonReader reader)
    {
        foreach (var name in Holders)
        {
            if (reader.ValueTextEquals(name))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsRemote(ref Utf8JsonReader reader) =>
        reader.TokenType == JsonTokenType.String && !reader.ValueSpan.IsEmpty && !StartsWithData(ref reader);

    private static bool StartsWithData(ref Utf8JsonReader reader)
    {
        // An escaped spelling of "data:" is nobody's honest one.
        var value = reader.ValueSpan.TrimStart(" "u8);
        return value.Length >= 5 && System.Text.Ascii.EqualsIgnoreCase(value[..5], "data:"u8);
    }
}
