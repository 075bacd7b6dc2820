using System.IO.Compression;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Lyceum.CSharpKernel.Tests;

/// <summary>A home folder whose NuGet knows one feed: a folder with the packages that a test puts there.</summary>
internal sealed class LocalFeed : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("cskernel-home-").FullName;

    /// <param name="furtherSource">The address of a feed beside that folder.</param>
    public LocalFeed(string? furtherSource = null)
    {
        var further = furtherSource is null ? "" : $"<add key=\"further\" value=\"{furtherSource}\" allowInsecureConnections=\"true\" />";
        Directory.CreateDirectory(Path.Combine(_home, "feed"));
        Directory.CreateDirectory(Path.Combine(_home, ".nuget", "NuGet"));
        File.WriteAllText(
            Path.Combine(_home, ".nuget", "NuGet", "NuGet.Config"),
            $"""<configuration><packageSources><clear /><add key="local" value="{Path.Combine(_home, "feed")}" />{further}</packageSources></configuration>""");
    }

    /// <summary>What a kernel needs to see it.</summary>
    public IEnumerable<KeyValuePair<string, string>> Environment =>
    [
        new("HOME", _home), new("XDG_DATA_HOME", Path.Combine(_home, "data")), new("NUGET_PACKAGES", Path.Combine(_home, "packages")),
    ];

    /// <summary>What restores left behind of their projects.</summary>
    public IEnumerable<string> Leftovers => Directory.EnumerateFileSystemEntries(Path.Combine(_home, "data", "lyceum", "csharp-kernel"));

    /// <summary>Compiles the code and makes a package of it.</summary>
    /// <returns>The assembly, for packages that use this one.</returns>
    public string Add(string name, string version, string code, string documentation, string dependencies = "", params string[] references)
    {
        var assembly = Path.Combine(_home, $"{name}.dll");
        var framework = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal));
        var compilation = CSharpCompilation.Create(
            name,
            [CSharpSyntaxTree.ParseText(code)],
            framework.Concat(references).Select(path => MetadataReference.CreateFromFile(path)),
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        var emitted = compilation.Emit(assembly);
        Assert.True(emitted.Success, string.Join('\n', emitted.Diagnostics));

        using var package = ZipFile.Open(Path.Combine(_home, "feed", $"{name}.{version}.nupkg"), ZipArchiveMode.Create);
        package.CreateEntryFromFile(assembly, $"lib/net10.0/{name}.dll");
        Write(package, $"lib/net10.0/{name}.xml", $"<doc><members>{documentation}</members></doc>");
        Write(package, $"{name}.nuspec", $"""
            <package><metadata>
              <id>{name}</id><version>{version}</version><authors>tests</authors><description>For tests.</description>
              <dependencies><group targetFramework="net10.0">{dependencies}</group></dependencies>
            </metadata></package>
            """);
        return assembly;
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private static void Write(ZipArchive package, string path, string content)
    {
        using var writer = new StreamWriter(package.CreateEntry(path).Open());
        writer.Write(content);
    }
}
