using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Lyceum.CSharpKernel.Completion;

/// <summary>Finds symbols and says what they are to a person.</summary>
internal static class SymbolLookup
{
    private static readonly SymbolDisplayFormat Parameters = SymbolDisplayFormat.MinimallyQualifiedFormat
        .WithMemberOptions(SymbolDisplayMemberOptions.IncludeParameters);

    /// <summary>What may follow the dot behind an expression, a type or a namespace.</summary>
    public static IEnumerable<ISymbol> MembersOf(SemanticModel model, SyntaxNode owner, bool isConditional, int position, CancellationToken cancellationToken)
    {
        switch (model.GetSymbolInfo(owner, cancellationToken).Symbol)
        {
            case INamespaceSymbol space:
                return model.LookupNamespacesAndTypes(position, space);
            case ITypeSymbol type:
                return model.LookupStaticMembers(position, type);
        }

        var value = model.GetTypeInfo(owner, cancellationToken).Type;
        if (value is IPointerTypeSymbol pointer)
        {
            value = pointer.PointedAtType;
        }

        if (isConditional && value is INamedTypeSymbol { ConstructedFrom.SpecialType: SpecialType.System_Nullable_T } nullable)
        {
            value = nullable.TypeArguments[0];
        }

        return value is null or IErrorTypeSymbol
            ? []
            : model.LookupSymbols(position, value, includeReducedExtensionMethods: true)
                .Where(symbol => symbol is not ITypeSymbol && (!symbol.IsStatic || symbol is IMethodSymbol { ReducedFrom: not null }));
    }

    public static bool IsOffered(ISymbol symbol) =>
        symbol.CanBeReferencedByName
        && symbol is not IMethodSymbol { MethodKind: not (MethodKind.Ordinary or MethodKind.ReducedExtension or MethodKind.LocalFunction or MethodKind.DelegateInvoke) }
        && !symbol.GetAttributes().Any(attribute => attribute.AttributeClass?.Name == "EditorBrowsableAttribute"
            && attribute.ConstructorArguments is [{ Value: 1 }]);

    /// <summary>The user's own names come first, then the notebook's, then keywords (2), then all that the framework has.</summary>
    public static int Rank(ISymbol symbol) => symbol switch
    {
        { Locations: [{ IsInSource: true }, ..] } => 0,
        { ContainingNamespace: { } space } when space.ToDisplayString() == "Lyceum.Notebooks" => 1,
        IMethodSymbol { ReducedFrom: not null } => 4,
        _ => 3,
    };

    public static CompletionMatch ToMatch(ISymbol symbol) => new(
        SyntaxFacts.GetKeywordKind(symbol.Name) == SyntaxKind.None ? symbol.Name : "@" + symbol.Name,
        TypeOf(symbol),
        symbol is IMethodSymbol method ? method.ToDisplayString(Parameters)[method.Name.Length..] : "");

    private static string TypeOf(ISymbol symbol) => symbol switch
    {
        IMethodSymbol => "function",
        INamespaceSymbol => "module",
        IPropertySymbol or IEventSymbol => "property",
        IFieldSymbol { ContainingType.IsScriptClass: true } or ILocalSymbol => "instance",
        IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } => "value",
        IFieldSymbol => "field",
        IParameterSymbol => "param",
        ITypeSymbol { TypeKind: TypeKind.Interface } => "interface",
        ITypeSymbol { TypeKind: TypeKind.Enum } => "enum",
        ITypeSymbol { TypeKind: TypeKind.Struct } => "struct",
        ITypeSymbol => "class",
        _ => "statement",
    };
}
