using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>Whether code can run as it is, in the words of Jupyter's <c>is_complete_reply</c>.</summary>
/// <param name="Status"><c>complete</c>, <c>incomplete</c> or <c>invalid</c>.</param>
/// <param name="Indent">How to begin the next line of incomplete code.</param>
internal sealed record Completeness(string Status, string Indent)
{
    public static Completeness Of(SyntaxTree tree)
    {
        if (!SyntaxFactory.IsCompleteSubmission(tree))
        {
            var tokens = tree.GetRoot().DescendantTokens().ToList();
            var open = tokens.Count(Is(SyntaxKind.OpenBraceToken)) - tokens.Count(Is(SyntaxKind.CloseBraceToken));
            return new Completeness("incomplete", new string(' ', 4 * Math.Max(0, open)));
        }

        var broken = tree.GetDiagnostics().Any(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error);
        return new Completeness(broken ? "invalid" : "complete", "");
    }

    private static Func<SyntaxToken, bool> Is(SyntaxKind kind) => token => token.IsKind(kind) && !token.IsMissing;
}
