using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Lyceum.CSharpKernel.Completion;

/// <summary>Lists the names that may stand at a position of a cell.</summary>
internal static class Completer
{
    private const int MaxMatches = 500;

    private static readonly string[] Keywords =
    [
        .. SyntaxFacts.GetKeywordKinds()
            .Where(kind => SyntaxFacts.IsReservedKeyword(kind) || kind is SyntaxKind.VarKeyword or SyntaxKind.AwaitKeyword
                or SyntaxKind.AsyncKeyword or SyntaxKind.RecordKeyword or SyntaxKind.WhenKeyword or SyntaxKind.YieldKeyword
                or SyntaxKind.NameOfKeyword or SyntaxKind.InitKeyword or SyntaxKind.RequiredKeyword
                or SyntaxKind.WithKeyword or SyntaxKind.WhereKeyword)
            .Select(SyntaxFacts.GetText)
            .Where(text => text.All(char.IsAsciiLetterLower)),
    ];

    public static Completions Complete(CSharpCompilation compilation, SyntaxTree tree, int position, CancellationToken cancellationToken)
    {
        var site = CompletionSite.At(tree, position, cancellationToken);
        if (site.Kind == SiteKind.None)
        {
            return new Completions(position, position, []);
        }

        var candidates = Candidates(compilation.GetSemanticModel(tree), site, cancellationToken);
        var matches = candidates
            .Where(candidate => candidate.Match.Text.StartsWith(site.Prefix, StringComparison.OrdinalIgnoreCase))
            .GroupBy(candidate => candidate.Match.Text, StringComparer.Ordinal)
            .Select(group => group.MinBy(candidate => candidate.Rank))
            .OrderBy(candidate => candidate.Match.Text.StartsWith(site.Prefix, StringComparison.Ordinal) ? 0 : 1)
            .ThenBy(candidate => candidate.Rank)
            .ThenBy(candidate => candidate.Match.Text, StringComparer.OrdinalIgnoreCase)
            .Select(candidate => candidate.Match)
            .Take(MaxMatches);
        return new Completions(site.Start, position, [.. matches]);
    }

    private static IEnumerable<(CompletionMatch Match, int Rank)> Candidates(SemanticModel model, CompletionSite site, CancellationToken cancellationToken)
    {
        var symbols = site.Kind switch
        {
            SiteKind.Member => SymbolLookup.MembersOf(model, site.Owner!, site.IsConditional, site.Start, cancellationToken),
            SiteKind.Type => model.LookupNamespacesAndTypes(site.Start),
            _ => model.LookupSymbols(site.Start),
        };
        var named = symbols.Where(SymbolLookup.IsOffered).Select(symbol => (SymbolLookup.ToMatch(symbol), SymbolLookup.Rank(symbol)));
        return site.Kind == SiteKind.Name
            ? named.Concat(Keywords.Select(keyword => (new CompletionMatch(keyword, "keyword", ""), 2)))
            : named;
    }
}
