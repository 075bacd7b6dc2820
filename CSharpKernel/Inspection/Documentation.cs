using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Lyceum.CSharpKernel.Execution;
using Microsoft.CodeAnalysis;

namespace Lyceum.CSharpKernel.Inspection;

/// <summary>
/// What a symbol's XML documentation says: from its own comment, from the file beside a package's assembly, or from those that
/// come with the .NET SDK. A machine with only the runtime has none of the latter, and then there is nothing to say.
/// </summary>
internal static partial class Documentation
{
    private static readonly Lazy<DocumentationFile[]> Files = new(FindFiles);

    public static string? Of(ISymbol symbol, CancellationToken cancellationToken)
    {
        var definition = (symbol as IMethodSymbol)?.ReducedFrom ?? symbol.OriginalDefinition;
        var xml = definition.GetDocumentationCommentXml(CultureInfo.InvariantCulture, expandIncludes: false, cancellationToken);
        if (string.IsNullOrWhiteSpace(xml) && definition.Locations is not [{ IsInSource: true }, ..] && definition.GetDocumentationCommentId() is { } id)
        {
            xml = Find(id, cancellationToken);
        }

        return string.IsNullOrWhiteSpace(xml) ? null : ToText(xml);
    }

    private static string? Find(string id, CancellationToken cancellationToken)
    {
        foreach (var file in Files.Value)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (file.Find(id) is { } member)
            {
                return member;
            }
        }

        return null;
    }

    // shared/Microsoft.NETCore.App/10.0.1 has the code, packs/Microsoft.NETCore.App.Ref/10.0.1/ref/net10.0 the documentation.
    private static DocumentationFile[] FindFiles()
    {
        var packs = Path.Combine(FrameworkReferences.Directory, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref");
        var newest = Directory.Exists(packs)
            ? Directory.EnumerateDirectories(packs)
                .Where(path => Version.TryParse(Path.GetFileName(path), out var version) && version.Major == Environment.Version.Major)
                .MaxBy(path => Version.Parse(Path.GetFileName(path)))
            : null;
        return newest is null ? [] : [.. Directory.EnumerateFiles(newest, "*.xml", SearchOption.AllDirectories).Select(path => new DocumentationFile(path))];
    }

    private static string? ToText(string xml)
    {
        XElement root;
        try
        {
            root = XElement.Parse(xml);
        }
        catch (XmlException)
        {
            // Half-written comments of a cell are no reason to show nothing of the symbol.
            return null;
        }

        var text = new StringBuilder();
        Append("", root.Element("summary"));
        foreach (var parameter in root.Elements("param"))
        {
            Append($"  {(string?)parameter.Attribute("name")}: ", parameter);
        }

        Append("Returns: ", root.Element("returns"));
        foreach (var exception in root.Elements("exception"))
        {
            Append($"Throws {Short((string?)exception.Attribute("cref"))}: ", exception);
        }

        return text.ToString().TrimEnd();

        void Append(string label, XElement? element)
        {
            if (element is not null && Blanks().Replace(Flatten(element), " ").Trim() is { Length: > 0 } words)
            {
                text.Append(label).AppendLine(words);
            }
        }
    }

    private static string Flatten(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" or "seealso" or "paramref" or "typeparamref" } link when link.IsEmpty =>
            (string?)link.Attribute("langword") ?? (string?)link.Attribute("name") ?? Short((string?)link.Attribute("cref")),
        XElement child => Flatten(child) + " ",
        _ => "",
    }));

    // M:System.Linq.Enumerable.First``1(...) is called First.
    private static string Short(string? cref) => Reference().Match(cref ?? "") is { Success: true } match ? match.Groups[1].Value : cref ?? "";

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^\w:(?:[^(]*\.)?([^.(`]+)")]
    private static partial Regex Reference();
}
