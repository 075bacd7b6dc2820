using Lyceum.CSharpKernel.Completion;
using Lyceum.CSharpKernel.Formatting;
using Lyceum.CSharpKernel.Inspection;
using Lyceum.CSharpKernel.Packages;
using Lyceum.Notebooks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>
/// Runs cells of C# one after the other, each with what those before it declared, and answers questions about code.
/// Knows nothing of Jupyter. One caller at a time.
/// </summary>
internal sealed class CSharpEngine
{
    private readonly SubmissionChain _chain = new();
    private readonly SubmissionLoader _loader = new();
    private readonly CellSources _sources = new();
    private readonly NotebookPackages _packages = new();
    private readonly ErrorReport _errors;
    private Task? _warmUp;

    public CSharpEngine() => _errors = new ErrorReport(_sources);

    /// <summary>What the cells so far have declared, the latest last.</summary>
    public IReadOnlyList<Variable> Variables => _loader.Variables();

    /// <summary>Compiles and runs a cell. All that can go wrong in it is in the outcome.</summary>
    /// <param name="code">The cell.</param>
    /// <param name="name">How errors name the cell.</param>
    /// <param name="host">Where its output goes.</param>
    public async Task<CellOutcome> ExecuteAsync(string code, string name, ICellHost host)
    {
        try
        {
            // Two compilers that warm up side by side take longer than one after the other.
            await Task.WhenAny(_warmUp ?? Task.CompletedTask).WaitAsync(host.Interrupted);
            var tree = await BringPackagesAsync(SubmissionChain.Parse(code, name, host.Interrupted), host);
            var compilation = _chain.Next(tree);
            _sources.Add(name, await tree.GetTextAsync(host.Interrupted));
            var diagnostics = compilation.GetDiagnostics(host.Interrupted).ToList();
            var run = HasErrors(diagnostics) ? null : _loader.Load(compilation, diagnostics, host.Interrupted);
            if (HasErrors(diagnostics))
            {
                return new CellOutcome(null, _errors.OfDiagnostics([.. diagnostics.Where(IsError)]));
            }

            if (run is null)
            {
                _chain.Accept(compilation);
                return CellOutcome.Nothing;
            }

            return new CellOutcome(await RunAsync(run, compilation, SubmissionChain.HasResult(compilation, tree), host), null);
        }
        catch (OperationCanceledException exception) when (host.Interrupted.IsCancellationRequested)
        {
            return new CellOutcome(null, ErrorReport.OfInterrupt(exception is CellStuckException ? exception.Message : "The cell was interrupted."));
        }
#pragma warning disable CA1031 // Whatever a cell throws is its error.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new CellOutcome(null, _errors.OfException(exception));
        }
    }

    public Completions Complete(string code, int position, CancellationToken cancellationToken)
    {
        var tree = SubmissionChain.Parse(code, cancellationToken: cancellationToken);
        return Completer.Complete(_chain.Next(tree), tree, position, cancellationToken);
    }

    /// <summary>What is known of the symbol at the position; null if there is none.</summary>
    public string? Inspect(string code, int position, CancellationToken cancellationToken)
    {
        var tree = SubmissionChain.Parse(code, cancellationToken: cancellationToken);
        return Inspector.Inspect(_chain.Next(tree), tree, position, ValueOf, cancellationToken);
    }

    public static Completeness IsComplete(string code) => Completeness.Of(SubmissionChain.Parse(code));

    /// <summary>
    /// Begins, once, to make the compiler read the framework and the runtime compile the compiler,
    /// so that the first cell need not wait for all of that.
    /// </summary>
    public void BeginWarmUp(ICellHost host) => _warmUp ??= Task.Run(() => WarmUpAsync(host), host.Interrupted);

    private static async Task WarmUpAsync(ICellHost host)
    {
        var engine = new CSharpEngine();
        await engine.ExecuteAsync("var squares = Enumerable.Range(0, 3).Select(n => new { n, square = n * n }).ToList();\nsquares", "warm-up", host);
        engine.Complete("squares.Wh", 10, host.Interrupted);
    }

    /// <summary>The cell without its requests for packages, which have come.</summary>
    private async Task<SyntaxTree> BringPackagesAsync(SyntaxTree tree, ICellHost host)
    {
        if (PackageDirectives.In(tree) is not [_, ..] wanted)
        {
            return tree;
        }

        var packages = await _packages.AddAsync(wanted, host);
        _chain.Reference(packages.Compile);
        _loader.Offer(packages);
        return SubmissionChain.Parse(PackageDirectives.Without(tree), tree.FilePath, host.Interrupted);
    }

    private async Task<MimeBundle?> RunAsync(Func<Task<object?>> run, CSharpCompilation compilation, bool hasResult, ICellHost host)
    {
        try
        {
            var thread = new CellThread<MimeBundle?>(run, value => hasResult && value is not Displayed ? Formatter.Format(value) : null, host);
            return await thread.RunAsync();
        }
        finally
        {
            // A cell that failed half-way has declared its names all the same, as in other notebooks. One that brings nothing, such as the
            // expressions by which variables are shown, leaves nothing for those that follow to go through.
            if (SubmissionChain.BringsSomething(compilation) && _loader.Keep())
            {
                _chain.Accept(compilation);
            }
        }
    }

    private string? ValueOf(string scriptClass, string variable) =>
        _loader.TryGetValue(scriptClass, variable, out var value) ? PlainText.Of(value) : null;

    private static bool IsError(Diagnostic diagnostic) => diagnostic.Severity == DiagnosticSeverity.Error;

    private static bool HasErrors(List<Diagnostic> diagnostics) => diagnostics.Exists(IsError);
}
