using System.Collections;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lyceum.Notebooks;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>Chooses the formats in which a value is shown.</summary>
internal static class Formatter
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>The value in all formats that fit it.</summary>
    public static MimeBundle Format(object? value) => value switch
    {
        Html html => MimeBundle.Of(html.Markup, html.Markup),
        Svg svg => MimeBundle.Of(svg.Markup, ("image/svg+xml", svg.Markup)),
        Markdown markdown => MimeBundle.Of(markdown.Text, ("text/markdown", markdown.Text)),
        Image image => MimeBundle.Of(image.ToString(), (image.MimeType, Convert.ToBase64String(image.Bytes.Span))),
        JsonNode json => MimeBundle.Of(json.ToJsonString(Indented), ("application/json", json.ToJsonString())),
        _ when Table.Of(value) is { } table => MimeBundle.Of(value is IDictionary ? PlainText.Of(value) : TextTable.Render(table), HtmlTable.Render(table)),
        _ => MimeBundle.Of(PlainText.Of(value)),
    };

    /// <summary>The value in one format: text and bytes as they are, objects as JSON, all else if it is shown in that format anyway.</summary>
    /// <exception cref="ArgumentException">The value has no such format.</exception>
    public static MimeBundle Format(object? value, string mimeType)
    {
        switch (value)
        {
            case string text:
                return MimeBundle.OfFormat(mimeType, text);
            case byte[] bytes:
                return MimeBundle.OfFormat(mimeType, Convert.ToBase64String(bytes));
            case not (Html or Svg or Markdown or Image) when MimeBundle.IsJson(mimeType):
                return MimeBundle.OfFormat(mimeType, JsonSerializer.Serialize(value));
            default:
                var formats = Format(value);
                return formats.TryGetValue(mimeType, out var data)
                    ? new MimeBundle { [mimeType] = data }
                    : throw new ArgumentException($"This value cannot be shown as {mimeType}, only as {string.Join(", ", formats.Keys)}.", nameof(mimeType));
        }
    }
}
