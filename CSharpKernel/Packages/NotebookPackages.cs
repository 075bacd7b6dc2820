using Lyceum.CSharpKernel.Execution;

namespace Lyceum.CSharpKernel.Packages;

/// <summary>The packages of a notebook: what its cells asked for so far, and what came of it.</summary>
internal sealed class NotebookPackages
{
    private readonly Dictionary<string, PackageRequest> _requested = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _assemblies = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Restores the packages together with the earlier ones, so that all of them agree on what they share.</summary>
    /// <returns>What is there for the compiler and the loader to know.</returns>
    /// <exception cref="PackageException">They cannot be had.</exception>
    public async Task<RestoredPackages> AddAsync(IReadOnlyList<PackageRequest> packages, ICellHost host)
    {
        var all = new Dictionary<string, PackageRequest>(_requested, StringComparer.OrdinalIgnoreCase);
        foreach (var package in packages)
        {
            all[package.Name] = package;
        }

        host.WriteOut($"Restoring {string.Join(", ", packages.Select(package => $"{package.Name} {package.Version}"))} ...\n");
        var restored = await PackageRestore.RunAsync(all.Values, host.Interrupted);
        Keep(restored);
        foreach (var package in packages)
        {
            _requested[package.Name] = package;
        }

        host.WriteOut($"Ready: {string.Join(", ", restored.Packages.Select(package => package.Replace('/', ' ')))}\n");
        return restored;
    }

    // A process holds one version of an assembly and does not let go of it.
    private void Keep(RestoredPackages restored)
    {
        var conflict = restored.Runtime.FirstOrDefault(path =>
            _assemblies.TryGetValue(Path.GetFileNameWithoutExtension(path), out var known) && known != path);
        if (conflict is not null)
        {
            var name = Path.GetFileNameWithoutExtension(conflict);
            throw new PackageException($"{name} is in use from {_assemblies[name]}, and {conflict} is asked for. Restart the kernel to use it.");
        }

        foreach (var path in restored.Runtime)
        {
            _assemblies[Path.GetFileNameWithoutExtension(path)] = path;
        }
    }
}
