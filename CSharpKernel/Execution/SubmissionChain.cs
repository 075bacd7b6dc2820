using System.Collections.Immutable;
using System.Text;
using Lyceum.CSharpKernel.Inspection;
using Lyceum.Notebooks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Scripting;
using Microsoft.CodeAnalysis.Text;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>
/// The cells so far as the compiler sees them: each one may use what those before it declared.
/// It changes between cells only; readers take what <see cref="Next"/> gives them.
/// </summary>
internal sealed class SubmissionChain
{
    private static readonly string[] Usings =
    [
        "System", "System.Collections.Generic", "System.Globalization", "System.IO", "System.Linq", "System.Net.Http",
        "System.Text", "System.Text.Json", "System.Text.RegularExpressions", "System.Threading", "System.Threading.Tasks",
        typeof(Notebook).Namespace!, typeof(Notebook).FullName!,
    ];

    private static readonly CSharpParseOptions ParseOptions =
        new(LanguageVersion.Latest, DocumentationMode.Parse, SourceCodeKind.Script);

    private readonly CSharpCompilationOptions _options = new(
        OutputKind.DynamicallyLinkedLibrary,
        usings: Usings,
        // A learner's error names the right line only in code that was not rearranged.
        optimizationLevel: OptimizationLevel.Debug,
        allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Annotations,
        metadataReferenceResolver: ScriptMetadataResolver.Default.WithBaseDirectory(Environment.CurrentDirectory),
        sourceReferenceResolver: ScriptSourceResolver.Default.WithBaseDirectory(Environment.CurrentDirectory));

    private ImmutableArray<MetadataReference> _references = FrameworkReferences.All;
    private CSharpCompilation? _last;
    private int _count;

    public static SyntaxTree Parse(string code, string name = "", CancellationToken cancellationToken = default) =>
        CSharpSyntaxTree.ParseText(SourceText.From(code, Encoding.UTF8), ParseOptions, name, cancellationToken);

    /// <summary>The tree as the submission after the last accepted one.</summary>
    public CSharpCompilation Next(SyntaxTree tree)
    {
        // Names of assemblies and script classes must differ between the submissions of one process.
        var name = $"Submission#{Interlocked.Increment(ref _count)}";
        return CSharpCompilation.CreateScriptCompilation(
            name, tree, _references, _options.WithScriptClassName(name), _last, typeof(object));
    }

    /// <summary>Makes assemblies known to the submissions that follow.</summary>
    public void Reference(IEnumerable<string> assemblies)
    {
        var known = _references.OfType<PortableExecutableReference>().Select(reference => reference.FilePath).ToHashSet();
        _references =
        [
            .. _references,
            .. assemblies.Where(path => !known.Contains(path))
                .Select(path => MetadataReference.CreateFromFile(path, documentation: DocumentationFile.Beside(path))),
        ];
    }

    /// <summary>Makes what the submission declares, imports and references known to those that follow.</summary>
    public void Accept(CSharpCompilation compilation)
    {
        _last = compilation;
        _references = [.. compilation.ExternalReferences, .. compilation.DirectiveReferences.Except(compilation.ExternalReferences)];
    }

    /// <summary>Whether the submission declares, imports or references anything, be it only by a directive.</summary>
    public static bool BringsSomething(CSharpCompilation compilation) =>
        compilation.ScriptClass!.GetMembers().Any(member => member.CanBeReferencedByName)
        || compilation.SyntaxTrees.Select(tree => tree.GetCompilationUnitRoot()).Any(root => root.Usings.Count + root.Externs.Count > 0 || root.ContainsDirectives);

    /// <summary>Whether the submission ends in an expression without a semicolon, which is then the cell's result.</summary>
    public static bool HasResult(CSharpCompilation compilation, SyntaxTree tree)
    {
        return tree.GetCompilationUnitRoot().Members.LastOrDefault() is GlobalStatementSyntax
        {
            Statement: ExpressionStatementSyntax { SemicolonToken.IsMissing: true } expression,
        }
        && compilation.GetSemanticModel(tree).GetTypeInfo(expression.Expression).Type is not (null or { SpecialType: SpecialType.System_Void });
    }
}
