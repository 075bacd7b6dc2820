using System.Buffers;
using System.Text;

namespace Lyceum.KernelService.Contents;

/// <summary>A path below a workspace as clients write it, taken apart. It never names anything outside.</summary>
internal sealed record WorkspacePath
{
    private const int MaxParts = 64;
    private const int MaxPartBytes = 255;

    private static readonly SearchValues<char> ForbiddenCharacters = SearchValues.Create(OperatingSystem.IsWindows() ? "\\:" : "\\");

    private WorkspacePath(IReadOnlyList<string> parts) => Parts = parts;

    public IReadOnlyList<string> Parts { get; }

    public bool IsRoot => Parts.Count == 0;

    public string Name => IsRoot ? "" : Parts[^1];

    public WorkspacePath Parent => new([.. Parts.Take(Parts.Count - 1)]);

    /// <exception cref="BadHttpRequestException">The path leads elsewhere, is hidden, or is no name for a file.</exception>
    public static WorkspacePath Parse(string? path)
    {
        var parts = (path ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length > MaxParts)
        {
            throw Refuse(path, $"it has more than {MaxParts} parts");
        }

        foreach (var part in parts)
        {
            if (part is "." or "..")
            {
                throw Refuse(path, $"'{part}' is not a name");
            }

            if (part.AsSpan().IndexOfAny(ForbiddenCharacters) >= 0 || part.Any(char.IsControl))
            {
                throw Refuse(path, "a name has no backslash, no control character and, on Windows, no colon");
            }

            if (Encoding.UTF8.GetByteCount(part) > MaxPartBytes)
            {
                throw Refuse(path, $"a name has at most {MaxPartBytes} bytes");
            }

            if (part[0] == '.')
            {
                throw new BadHttpRequestException($"Hidden files are not served: {path}", StatusCodes.Status404NotFound);
            }
        }

        return new WorkspacePath(parts);
    }

    /// <exception cref="BadHttpRequestException">It is no name.</exception>
    public WorkspacePath Child(string name) => Parse($"{this}/{name}");

    public override string ToString() => string.Join('/', Parts);

    private static BadHttpRequestException Refuse(string? path, string why) =>
        new($"The path '{path?.Replace("\0", "\\0", StringComparison.Ordinal)}' is not one of this workspace: {why}.", StatusCodes.Status400BadRequest);
}
