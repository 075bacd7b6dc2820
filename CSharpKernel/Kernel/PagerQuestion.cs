using System.Text.RegularExpressions;

namespace Lyceum.CSharpKernel.Kernel;

/// <summary>A cell that is no C# but asks what something is, as notebooks in other languages do: <c>?Math.Sqrt</c> or <c>Math.Sqrt?</c>.</summary>
internal static partial class PagerQuestion
{
    /// <summary>The name that the cell asks for; null if it is an ordinary cell.</summary>
    public static string? In(string code) => Question().Match(code) is { Success: true } match ? match.Groups["name"].Value : null;

    [GeneratedRegex(@"^\s*(?:\?{1,2}\s*(?<name>[\w.@]+)|(?<name>[\w.@]+)\s*\?{1,2})\s*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Question();
}
