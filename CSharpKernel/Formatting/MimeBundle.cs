using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>One value in several formats, of which the client shows the richest that it knows.</summary>
internal sealed class MimeBundle : Dictionary<string, JsonElement>
{
    public const string Plain = "text/plain";
    public const string Html = "text/html";

    public static MimeBundle Of(string plain) => new() { [Plain] = Text(plain) };

    public static MimeBundle Of(string plain, string html) => Of(plain, (Html, html));

    public static MimeBundle Of(string plain, (string MimeType, string Data) rich)
    {
        var bundle = OfFormat(rich.MimeType, rich.Data);
        bundle[Plain] = Text(plain);
        return bundle;
    }

    public static bool IsJson(string mimeType) => mimeType.EndsWith("json", StringComparison.Ordinal);

    /// <summary>Data that already have a format. JSON formats travel as JSON, all others as text.</summary>
    /// <exception cref="JsonException">The format is JSON and the text is not.</exception>
    public static MimeBundle OfFormat(string mimeType, string data) => new()
    {
        [mimeType] = IsJson(mimeType) ? JsonElement.Parse(data) : Text(data),
    };

    private static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text, MimeBundleJson.Default.String);
}

[JsonSerializable(typeof(string))]
internal sealed partial class MimeBundleJson : JsonSerializerContext;
