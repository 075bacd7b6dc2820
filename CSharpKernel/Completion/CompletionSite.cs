using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Lyceum.CSharpKernel.Completion;

internal enum SiteKind
{
    /// <summary>In a comment, a string or a number: nothing to complete.</summary>
    None,

    /// <summary>After a dot.</summary>
    Member,

    /// <summary>Where only a type or namespace fits.</summary>
    Type,

    /// <summary>Any name or keyword.</summary>
    Name,
}

/// <summary>Where in the code the cursor is.</summary>
/// <param name="Kind">What may stand there.</param>
/// <param name="Start">Where the name that is being typed begins.</param>
/// <param name="Prefix">What of it is there.</param>
/// <param name="Owner">For <see cref="SiteKind.Member"/> what stands before the dot.</param>
/// <param name="IsConditional">Whether the dot is <c>?.</c>.</param>
internal sealed record CompletionSite(SiteKind Kind, int Start, string Prefix, SyntaxNode? Owner = null, bool IsConditional = false)
{
    public static CompletionSite At(SyntaxTree tree, int position, CancellationToken cancellationToken)
    {
        var text = tree.GetText(cancellationToken);
        var start = position;
        while (start > 0 && SyntaxFacts.IsIdentifierPartCharacter(text[start - 1]))
        {
            start--;
        }

        var prefix = text.ToString(new(start, position - start));
        var root = tree.GetRoot(cancellationToken);
        if (prefix.Length > 0 && char.IsAsciiDigit(prefix[0]) || IsInText(root, position))
        {
            return new CompletionSite(SiteKind.None, start, prefix);
        }

        var left = TokenBefore(root, start);
        return left.Kind() switch
        {
            SyntaxKind.DotToken or SyntaxKind.MinusGreaterThanToken => AfterDot(left, start, prefix),
            SyntaxKind.NewKeyword or SyntaxKind.UsingKeyword => new CompletionSite(SiteKind.Type, start, prefix),
            _ => new CompletionSite(SiteKind.Name, start, prefix),
        };
    }

    private static CompletionSite AfterDot(SyntaxToken dot, int start, string prefix) => dot.Parent switch
    {
        MemberAccessExpressionSyntax access => new CompletionSite(SiteKind.Member, start, prefix, access.Expression),
        QualifiedNameSyntax name => new CompletionSite(SiteKind.Member, start, prefix, name.Left),
        MemberBindingExpressionSyntax binding when binding.FirstAncestorOrSelf<ConditionalAccessExpressionSyntax>() is { } access =>
            new CompletionSite(SiteKind.Member, start, prefix, access.Expression, IsConditional: true),
        _ => new CompletionSite(SiteKind.None, start, prefix),
    };

    private static SyntaxToken TokenBefore(SyntaxNode root, int position)
    {
        if (position == 0)
        {
            return default;
        }

        var token = root.FindToken(position - 1);
        while (token.SpanStart >= position || (token.Span.IsEmpty && token != default))
        {
            token = token.GetPreviousToken();
        }

        return token;
    }

    private static bool IsInText(SyntaxNode root, int position)
    {
        if (position == 0)
        {
            return false;
        }

        var trivia = root.FindTrivia(position - 1);
        if (trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
            or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia)
        {
            // Behind the end of a /* comment */ there is code again.
            return position < trivia.Span.End || !trivia.ToString().EndsWith("*/", StringComparison.Ordinal);
        }

        var token = root.FindToken(position - 1);
        return token.Kind() switch
        {
            SyntaxKind.InterpolatedStringTextToken => true,
            SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.Utf8StringLiteralToken
                or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken =>
                position > token.SpanStart && (position < token.Span.End || token.ContainsDiagnostics),
            _ => false,
        };
    }
}
