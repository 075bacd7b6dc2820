using System.Reflection;
using System.Runtime.Loader;
using Lyceum.CSharpKernel.Packages;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Emit;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>Turns compiled submissions into code of this process and keeps what they left behind.</summary>
internal sealed class SubmissionLoader : AssemblyLoadContext
{
    private static readonly EmitOptions Emit = new(debugInformationFormat: DebugInformationFormat.PortablePdb);

    private readonly Dictionary<string, Assembly> _loaded = [];
    private readonly Dictionary<string, string> _paths = [];
    private readonly Dictionary<string, string> _packages = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _natives = new(StringComparer.OrdinalIgnoreCase);

    // The objects that hold the cells' variables; the first place is the host object's, of which there is none.
    private object?[] _submissions = new object?[64];
    private int _next = 1;

    public SubmissionLoader()
        : base("Notebook")
    {
    }

    /// <summary>Tells where the assemblies and native libraries of packages are; they are loaded when something needs them.</summary>
    public void Offer(RestoredPackages packages)
    {
        foreach (var path in packages.Runtime)
        {
            _packages.TryAdd(Path.GetFileNameWithoutExtension(path), path);
        }

        foreach (var path in packages.Native)
        {
            _natives.TryAdd(Path.GetFileName(path), path);
        }
    }

    /// <summary>Loads a submission without running it.</summary>
    /// <returns>What runs it, or null if there is nothing to run; failures of the emit phase go to <paramref name="diagnostics"/>.</returns>
    public Func<Task<object?>>? Load(CSharpCompilation compilation, List<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        if (compilation.SyntaxTrees.All(tree => tree.GetCompilationUnitRoot(cancellationToken).Members.Count == 0))
        {
            return null;
        }

        using var code = new MemoryStream();
        using var symbols = new MemoryStream();
        var emitted = compilation.Emit(code, symbols, options: Emit, cancellationToken: cancellationToken);
        if (!emitted.Success || compilation.GetEntryPoint(cancellationToken) is not { } entry)
        {
            diagnostics.AddRange(emitted.Diagnostics);
            return null;
        }

        foreach (var reference in compilation.References.OfType<PortableExecutableReference>())
        {
            if (reference.FilePath is { } path && Path.GetDirectoryName(path) != FrameworkReferences.Directory)
            {
                _paths.TryAdd(Path.GetFileNameWithoutExtension(path), path);
            }
        }

        code.Position = symbols.Position = 0;
        var assembly = LoadFromStream(code, symbols);
        _loaded[assembly.GetName().Name!] = assembly;
        if (_next == _submissions.Length)
        {
            Array.Resize(ref _submissions, 2 * _next);
        }

        _submissions[_next] = null;
        var places = _submissions;
        var factory = assembly.GetType(entry.ContainingType.MetadataName, throwOnError: true)!
            .GetMethod(entry.MetadataName, BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)!
            .CreateDelegate<Func<object?[], Task<object?>>>();
        return () => factory(places);
    }

    /// <summary>Keeps what the last loaded submission declared. False if it never began, so that there is nothing to keep.</summary>
    public bool Keep()
    {
        var started = _submissions[_next] is not null;
        _next += started ? 1 : 0;
        return started;
    }

    /// <summary>The value of a variable that a submission declared.</summary>
    public bool TryGetValue(string scriptClass, string variable, out object? value)
    {
        var owner = Array.Find(_submissions, submission => submission?.GetType().Name == scriptClass);
        var field = owner?.GetType().GetField(variable, BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);
        value = field?.GetValue(owner);
        return field is not null;
    }

    /// <summary>The variables of all submissions that are not hidden by later ones of the same name, the latest last.</summary>
    public IReadOnlyList<Variable> Variables()
    {
        var variables = new OrderedDictionary<string, Variable>();
        foreach (var submission in _submissions[1.._next].OfType<object>())
        {
            // Names with angle brackets are the compiler's own.
            var fields = submission.GetType().GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly);
            foreach (var field in fields.Where(field => !field.Name.Contains('<', StringComparison.Ordinal)))
            {
                variables.Remove(field.Name);
                variables.Add(field.Name, new Variable(field.Name, field.FieldType, field.GetValue(submission)));
            }
        }

        return [.. variables.Values];
    }

    protected override Assembly? Load(AssemblyName assemblyName) =>
        _loaded.TryGetValue(assemblyName.Name ?? "", out var submission) ? submission
        : _packages.TryGetValue(assemblyName.Name ?? "", out var package) ? LoadFromAssemblyPath(package)
        : Default.Assemblies.Any(assembly => assembly.GetName().Name == assemblyName.Name) ? null
        : _paths.TryGetValue(assemblyName.Name ?? "", out var path) ? LoadFromAssemblyPath(path)
        : null;

    // A library is asked for as its author wrote it: "sqlite3", "libsqlite3" or "libsqlite3.so".
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string[] names = [unmanagedDllName, $"{unmanagedDllName}.so", $"lib{unmanagedDllName}.so", $"{unmanagedDllName}.dylib", $"lib{unmanagedDllName}.dylib", $"{unmanagedDllName}.dll"];
        return names.Select(name => _natives.GetValueOrDefault(name)).OfType<string>().FirstOrDefault() is { } path ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
