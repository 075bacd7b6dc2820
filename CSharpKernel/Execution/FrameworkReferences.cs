using System.Collections.Immutable;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;

namespace Lyceum.CSharpKernel.Execution;

/// <summary>What a cell can use without asking: the framework that the kernel itself runs on, and the notebook's own helpers.</summary>
internal static class FrameworkReferences
{
    public static readonly string Directory = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    private static readonly Lazy<ImmutableArray<MetadataReference>> References = new(Load);

    /// <summary>The same objects every time: the compiler keeps what it has read of an assembly with its reference.</summary>
    public static ImmutableArray<MetadataReference> All => References.Value;

    private static ImmutableArray<MetadataReference> Load()
    {
        var platform = (string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "";
        return
        [
            .. platform.Split(Path.PathSeparator).Where(path => Path.GetDirectoryName(path) == Directory).Select(Open),
            Open(typeof(FrameworkReferences).Assembly.Location),
        ];
    }

#pragma warning disable CA2000 // The references live as long as the kernel.
    // Only the metadata is read: the code of the whole framework would cost every kernel some 50 MB.
    private static PortableExecutableReference Open(string path)
    {
        using var file = File.OpenRead(path);
        return AssemblyMetadata.Create(ModuleMetadata.CreateFromStream(file, PEStreamOptions.PrefetchMetadata)).GetReference(filePath: path);
    }
#pragma warning restore CA2000
}
