using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Encodings.Web;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>A piece of HTML. Texts that are put into it are encoded; only other pieces are taken as they are.</summary>
internal sealed class Markup
{
    public static readonly Markup Empty = new("");

    private readonly string _html;

    private Markup(string html) => _html = html;

    public static Markup Of(MarkupHandler handler) => new(handler.Html);

    public static Markup Join(IEnumerable<Markup> pieces) => new(string.Concat(pieces.Select(piece => piece._html)));

    public override string ToString() => _html;

    [InterpolatedStringHandler]
    public readonly ref struct MarkupHandler
    {
        private readonly StringBuilder _html;

        public MarkupHandler(int literalLength, int formattedCount) => _html = new StringBuilder(literalLength + (formattedCount * 16));

        public string Html => _html.ToString();

        public void AppendLiteral(string value) => _html.Append(value);

        public void AppendFormatted(Markup piece) => _html.Append(piece._html);

        public void AppendFormatted(IEnumerable<Markup> pieces) => _html.AppendJoin("", pieces);

        public void AppendFormatted(string? text) => _html.Append(HtmlEncoder.Default.Encode(text ?? ""));

        public void AppendFormatted(double number) => _html.Append(CultureInfo.InvariantCulture, $"{number:0.###}");

        public void AppendFormatted(long number) => _html.Append(CultureInfo.InvariantCulture, $"{number}");
    }
}
