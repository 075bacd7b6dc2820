using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>One value in several formats, of which the client shows the richest that it knows.</summary>
internal sealed class MimeBundle : Dictionary<string, JsonElement>
{
    public const string Plain = "text/plain";
    public const string Html = "text/html";

    public static MimeBundle Of(string plain, string? html = null)
    {
        var bundle = new MimeBundle { [Plain] = Text(plain) };
        if (html is not null)
        {
            bundle[Html] = Text(html);
        }

        return bundle;
    }

    /// <summary>Data that already have a format. JSON formats travel as JSON, all others as text.</summary>
    /// <exception cref="JsonException">The format is JSON and the text is not.</exception>
    public static MimeBundle OfFormat(string mimeType, string data) => new()
    {
        [mimeType] = mimeType.EndsWith("json", StringComparison.Ordinal) ? JsonElement.Parse(data) : Text(data),
    };

    private static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text, MimeBundleJson.Default.String);
}

[JsonSerializable(typeof(string))]
internal sealed partial class MimeBundleJson : JsonSerializerContext;
