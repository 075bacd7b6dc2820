using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;

namespace Lyceum.CSharpKernel.Inspection;

/// <summary>The XML file with the documentation of an assembly, read when somebody asks.</summary>
internal sealed class DocumentationFile(string path) : DocumentationProvider
{
    private readonly string _path = path;

    /// <summary>The file beside the assembly, where packages have it.</summary>
    public static DocumentationProvider Beside(string assembly) => new DocumentationFile(Path.ChangeExtension(assembly, ".xml"));

    /// <summary>The <c>member</c> element of the id; null if the file is missing or silent about it.</summary>
    public string? Find(string id)
    {
        if (!File.Exists(_path))
        {
            return null;
        }

        ReadOnlySpan<byte> content = File.ReadAllBytes(_path);
        var from = content.IndexOf(Encoding.UTF8.GetBytes($"<member name=\"{id}\">"));
        return from >= 0 && content[from..].IndexOf("</member>"u8) is > 0 and var length
            ? Encoding.UTF8.GetString(content.Slice(from, length)) + "</member>"
            : null;
    }

    public override bool Equals(object? obj) => obj is DocumentationFile other && other._path == _path;

    public override int GetHashCode() => _path.GetHashCode(StringComparison.Ordinal);

    protected override string? GetDocumentationForSymbol(string documentationMemberID, CultureInfo preferredCulture, CancellationToken cancellationToken = default) =>
        Find(documentationMemberID);
}
