using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Lyceum.CSharpKernel.Inspection;

/// <summary>Describes the symbol that the cursor is at: its signature, its documentation, for a variable its value.</summary>
internal static class Inspector
{
    private const int MaxOverloads = 25;

    private static readonly SymbolDisplayFormat Signature = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters | SymbolDisplayMemberOptions.IncludeType
            | SymbolDisplayMemberOptions.IncludeContainingType | SymbolDisplayMemberOptions.IncludeConstantValue)
        .WithKindOptions(SymbolDisplayKindOptions.IncludeTypeKeyword | SymbolDisplayKindOptions.IncludeNamespaceKeyword)
        .WithParameterOptions(SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut);

    /// <param name="compilation">The cell as the next submission.</param>
    /// <param name="tree">The cell.</param>
    /// <param name="position">The cursor, in UTF-16 units.</param>
    /// <param name="valueOf">The value of a script class's variable.</param>
    /// <param name="cancellationToken">Stops the compiler's work.</param>
    public static string? Inspect(
        CSharpCompilation compilation, SyntaxTree tree, int position, Func<string, string, string?> valueOf, CancellationToken cancellationToken)
    {
        var model = compilation.GetSemanticModel(tree);
        var symbols = NodesAt(tree.GetRoot(cancellationToken), position)
            .Select(node => SymbolsOf(model, node, cancellationToken))
            .FirstOrDefault(found => found.Count > 0);
        return symbols is null ? null : Describe(symbols, valueOf, cancellationToken);
    }

    private static string Describe(IReadOnlyList<ISymbol> symbols, Func<string, string, string?> valueOf, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        foreach (var symbol in symbols.Take(MaxOverloads))
        {
            text.AppendLine(((symbol as IMethodSymbol)?.ReducedFrom ?? symbol).ToDisplayString(Signature));
        }

        if (symbols.Count > MaxOverloads)
        {
            text.Append("... and ").Append(symbols.Count - MaxOverloads).AppendLine(" more overloads");
        }

        if (symbols[0] is IFieldSymbol { ContainingType.IsScriptClass: true } variable
            && valueOf(variable.ContainingType.MetadataName, variable.MetadataName) is { } value)
        {
            text.AppendLine().Append("Value: ").AppendLine(value);
        }

        if (Documentation.Of(symbols[0], cancellationToken) is { } documentation)
        {
            text.AppendLine().AppendLine(documentation);
        }

        return text.ToString().TrimEnd();
    }

    /// <summary>The name that the cursor touches; else the function whose arguments it stands in.</summary>
    private static IEnumerable<SyntaxNode> NodesAt(SyntaxNode root, int position)
    {
        var right = root.FindToken(position);
        var left = position > 0 ? root.FindToken(position - 1) : right;
        foreach (var token in new[] { right, left })
        {
            if (token.Span.IntersectsWith(position) && token.Parent is { } node
                && (token.IsKind(SyntaxKind.IdentifierToken) || node is PredefinedTypeSyntax))
            {
                yield return node;
            }
        }

        foreach (var call in left.Parent?.AncestorsAndSelf().Where(node => node.Span.Contains(left.Span)) ?? [])
        {
            switch (call)
            {
                case InvocationExpressionSyntax invocation when invocation.ArgumentList.SpanStart < position:
                    yield return NameOf(invocation.Expression);
                    break;
                case ObjectCreationExpressionSyntax creation when creation.ArgumentList?.SpanStart < position:
                    yield return creation;
                    break;
            }
        }
    }

    private static ExpressionSyntax NameOf(ExpressionSyntax function) => function switch
    {
        MemberAccessExpressionSyntax access => access.Name,
        MemberBindingExpressionSyntax binding => binding.Name,
        _ => function,
    };

    private static IReadOnlyList<ISymbol> SymbolsOf(SemanticModel model, SyntaxNode node, CancellationToken cancellationToken)
    {
        if (model.GetDeclaredSymbol(node, cancellationToken) is { } declared)
        {
            return [declared];
        }

        var info = model.GetSymbolInfo(node, cancellationToken);
        var group = model.GetMemberGroup(node, cancellationToken);
        return (info.Symbol, info.CandidateSymbols, group) switch
        {
            ({ } symbol, _, _) => [symbol, .. group.Where(other => !SymbolEqualityComparer.Default.Equals(other, symbol))],
            (null, [_, ..] candidates, _) => [.. candidates],
            _ => [.. group],
        };
    }
}
