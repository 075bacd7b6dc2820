namespace Lyceum.KernelService.Assistant;

/// <summary>Expressions of a kernel's language whose values are shown as <c>application/json</c>.</summary>
/// <param name="Variables">An array of <c>[name, type, value]</c>, the latest last.</param>
/// <param name="Preview">Of a variable that is a table, <c>{headers, rows}</c> with its first thirty rows.</param>
internal sealed record KernelExpressions(string Variables, Func<string, string> Preview)
{
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
        """.ReplaceLineEndings(" ").Replace("VARIABLE", variable, StringComparison.Ordinal));

    private static readonly KernelExpressions CSharp = new(
        "global::Lyceum.Notebooks.Introspection.Variables()",
        variable => $"global::Lyceum.Notebooks.Introspection.Preview({variable})");

    public static KernelExpressions? For(string language) => language.ToUpperInvariant() switch
    {
        "PYTHON" => Python,
        "C#" => CSharp,
        _ => null,
    };
}
