using System.Text;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Lyceum.CSharpKernel.Packages;

/// <summary>A package that a cell asks for.</summary>
/// <param name="Name">Its id.</param>
/// <param name="Version">A version, a range or <c>*</c> for the newest, in NuGet's notation.</param>
internal sealed record PackageRequest(string Name, string Version);

/// <summary>Cells' <c>#r "nuget: Name, Version"</c>. The compiler knows references to files only, so these never reach it.</summary>
internal static partial class PackageDirectives
{
    /// <exception cref="PackageException">A directive names no package.</exception>
    public static IReadOnlyList<PackageRequest> In(SyntaxTree tree) =>
        [.. Find(tree).Select(directive => Parse(directive.File.ValueText)).DistinctBy(package => package.Name, StringComparer.OrdinalIgnoreCase)];

    /// <summary>The code with these directives as comments, every character else in its place, so that errors name the right columns.</summary>
    public static string Without(SyntaxTree tree)
    {
        var code = new StringBuilder(tree.ToString());
        foreach (var directive in Find(tree))
        {
            var start = directive.HashToken.SpanStart;
            (code[start], code[start + 1]) = ('/', '/');
        }

        return code.ToString();
    }

    private static IEnumerable<ReferenceDirectiveTriviaSyntax> Find(SyntaxTree tree) => tree.GetCompilationUnitRoot()
        .GetReferenceDirectives()
        .Where(directive => directive.File.ValueText.StartsWith("nuget:", StringComparison.OrdinalIgnoreCase));

    private static PackageRequest Parse(string reference) => Reference().Match(reference) is { Success: true } match
        ? new PackageRequest(match.Groups["name"].Value, match.Groups["version"] is { Success: true } version ? version.Value.Trim() : "*")
        : throw new PackageException($"'{reference}' names no package. Write #r \"nuget: Name, Version\", or #r \"nuget: Name\" for the newest.");

    [GeneratedRegex(@"^nuget:\s*(?<name>\w[\w.-]{0,99})\s*(?:,\s*(?<version>[\w.,*+()\[\] -]{1,100}))?$", RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture)]
    private static partial Regex Reference();
}

/// <summary>Packages that a cell asks for cannot be had. The message is for the user.</summary>
#pragma warning disable CA1032 // It always has a reason.
internal sealed class PackageException(string message) : Exception(message);
#pragma warning restore CA1032
