using System.Text.Json;
using Lyceum.CSharpKernel.Execution;

namespace Lyceum.CSharpKernel.Packages;

/// <summary>What a restore brought: all packages that the requested ones need, and their files for this machine.</summary>
/// <param name="Packages">As <c>Name/Version</c>.</param>
/// <param name="Compile">Assemblies for the compiler.</param>
/// <param name="Runtime">Assemblies that run.</param>
/// <param name="Native">Native libraries.</param>
internal sealed record RestoredPackages(
    IReadOnlyList<string> Packages, IReadOnlyList<string> Compile, IReadOnlyList<string> Runtime, IReadOnlyList<string> Native)
{
    /// <summary>Reads the <c>project.assets.json</c> that NuGet writes.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static async Task<RestoredPackages> ReadAsync(string file, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(file);
        var assets = await JsonSerializer.DeserializeAsync(stream, AssetsJson.Default.AssetsFile, cancellationToken) ?? throw new JsonException("The file is null.");
        // The target with a runtime in its name has chosen among a package's builds for different machines.
        var target = assets.Targets.MaxBy(pair => pair.Key.Length).Value ?? [];
        var folders = assets.PackageFolders.Keys.ToList();
        return new RestoredPackages(
            [.. target.Keys.Order(StringComparer.OrdinalIgnoreCase)],
            Files(package => package.Compile),
            Files(package => package.Runtime),
            Files(package => package.Native));

        IReadOnlyList<string> Files(Func<AssetsPackage, Dictionary<string, JsonElement>?> kind) =>
        [
            .. target.SelectMany(pair => (kind(pair.Value) ?? []).Keys.Select(path => Locate(assets.Libraries[pair.Key].Path ?? "", path))).OfType<string>(),
        ];

        string? Locate(string package, string path) =>
            Path.GetFileName(path) == "_._" || IsOfFramework(path)
                ? null
                : folders.Select(folder => Path.Combine(folder, package, path)).FirstOrDefault(File.Exists);
    }

    // What the framework has as well runs already, in the framework's version.
    private static bool IsOfFramework(string path) => File.Exists(Path.Combine(FrameworkReferences.Directory, Path.GetFileName(path)));
}
