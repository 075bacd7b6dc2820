using Lyceum.Notebooks;

namespace Lyceum.CSharpKernel.Formatting;

/// <summary>Chooses the formats in which a value is shown.</summary>
internal static class Formatter
{
    public static MimeBundle Format(object? value) => value is Html html
        ? MimeBundle.Of(html.Markup, html.Markup)
        : MimeBundle.Of(PlainText.Of(value), HtmlTable.Of(value));
}
