using System.Text;
using System.Text.Json;

namespace Lyceum.NotebookAssistant;

/// <summary>How a kernel is asked in its language: by expressions whose values are shown as <c>application/json</c>, or by code that displays such.</summary>
/// <param name="Variables">An array of <c>[name, type, value]</c>, the latest last.</param>
/// <param name="Preview">Of a variable that is a table, <c>{headers, rows}</c> with its first thirty rows.</param>
/// <param name="Lint">Of cells, given as JSON, an array of <see cref="LintNote"/>; null where the language has no more to say than whether a cell is whole.</param>
internal sealed record KernelExpressions(string Variables, Func<string, string> Preview, Func<LintCells, string>? Lint = null)
{
    /// <summary>Whether these are code to run: IRkernel evaluates no <c>user_expressions</c>.</summary>
    public bool AreCode { get; init; }

    /// <summary>Whether names may have dots in them.</summary>
    public bool DotsInNames { get; init; }

    // Only values of Python's own types are shown, and of those only a part: the user's own may take their time to describe themselves.
    private static readonly KernelExpressions Python = new(
        """
        (lambda r, t: (lambda s: type('Answer', (), {'__repr__': lambda a: '', '_repr_json_': lambda a: s})())(
          [[n, type(v).__name__,
            (('shape %s' % (v.shape,)) + (', columns ' + r([str(c) for c in v.columns[:20]]) if hasattr(v, 'columns') else ''))
              if type(v).__module__.split('.')[0] in ('pandas', 'numpy') and hasattr(v, 'shape')
            else r(v) if type(v) in (int, float, bool, str, bytes, complex, list, tuple, dict, set, frozenset, type(None))
            else '']
           for n, v in list(globals().items())
           if not n.startswith('_') and n not in ('In', 'Out', 'exit', 'quit', 'get_ipython', 'open')
             and not isinstance(v, (t.ModuleType, t.FunctionType, t.BuiltinFunctionType, type))][-60:])
        )(__import__('reprlib').repr, __import__('types'))
        """.ReplaceLineEndings(" "),
        variable => """
        (lambda s: type('Answer', (), {'__repr__': lambda a: '', '_repr_json_': lambda a: {'headers': s['columns'], 'rows': s['data']}})())(
          __import__('json').loads(
            (lambda v: v if hasattr(v, 'columns') else v.to_frame())(VARIABLE).iloc[:30, :100].to_json(orient='split', default_handler=str)))
        """.ReplaceLineEndings(" ").Replace("VARIABLE", variable, StringComparison.Ordinal),
        cells => $"(lambda b, ns: (exec(b('{Encoded(Script("lint.py"))}'), ns), ns['answer'](b('{Encoded(cells)}'), list(globals())))[1])(__import__('base64').b64decode, {{'get_ipython': get_ipython}})");

    // With a program along that one of the processes becomes.
    private static readonly Lazy<string> CheckpointScript = new(() => Encoded(
        $"import base64\nSTAND_IN = base64.b64decode('{Encoded(Script("stand_in.py"))}').decode()\n{Script("checkpoints.py")}\n{Script("waiting.py")}\n{Script("revival.py")}"));

    private static readonly KernelExpressions R = new(
        Script("variables.r"),
        variable => Script("preview.r").Replace("VARIABLE", variable, StringComparison.Ordinal),
        cells => Script("lint.r").Replace("CELLS", Encoded(cells.Cells), StringComparison.Ordinal))
    {
        AreCode = true,
        DotsInNames = true,
    };

    private static readonly KernelExpressions CSharp = new(
        "global::Lyceum.Notebooks.Introspection.Variables()",
        variable => $"global::Lyceum.Notebooks.Introspection.Preview({variable})");

    /// <summary>What a Python kernel is asked about checkpoints: an object that tells what became of the request, a JSON object.</summary>
    public static string Checkpoint(ReadOnlySpan<byte> request) => $"""
        (lambda s, b: (s.modules.get('_lyceum_checkpoints') or (lambda m: (s.modules.__setitem__(m.__name__, m), exec(b('{CheckpointScript.Value}'), m.__dict__), m)[2])
        (type(s)('_lyceum_checkpoints'))).answer(b('{Convert.ToBase64String(request)}')))(__import__('sys'), __import__('base64').b64decode)
        """.ReplaceLineEndings(" ");

    public static KernelExpressions? For(string language) => language.ToUpperInvariant() switch
    {
        "PYTHON" => Python,
        "C#" => CSharp,
        "R" => R,
        _ => null,
    };

    private static string Encoded(LintCells cells) => Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(cells, AssistantJson.Default.LintCells));

    private static string Encoded(IReadOnlyList<LintCell> cells) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(cells, AssistantJson.Default.IReadOnlyListLintCell));

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Script(string name)
    {
        using var stream = typeof(KernelExpressions).Assembly.GetManifestResourceStream($"scripts/{name}")
            ?? throw new InvalidOperationException($"The script {name} is missing from the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
