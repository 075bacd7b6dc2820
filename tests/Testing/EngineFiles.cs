namespace Lyceum.Testing;

/// <summary>What an <see cref="EngineNode"/> needs on disk: npm's packages and a model.</summary>
internal static class EngineFiles
{
    private const string Engine = "engine";
    private static readonly TimeSpan MakeLimit = TimeSpan.FromMinutes(2);

    /// <summary>Installs the packages and makes a model where they are missing; answers the engine's folder and the model's path.</summary>
    public static async Task<(string Folder, string Model)> EnsureAsync()
    {
        var folder = await NpmFolder.EnsureAsync(Engine);
        using var limit = new CancellationTokenSource(MakeLimit);
        await using var mine = await NpmFolder.LockAsync(Engine, limit.Token);
        return (folder, await ModelAsync(NpmFolder.RepositoryRoot(), folder, limit.Token));
    }

    private static async Task<string> ModelAsync(string root, string folder, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("LYCEUM_ENGINE_MODEL") is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : throw new InvalidOperationException($"LYCEUM_ENGINE_MODEL is '{given}', and there is no such file: set it to a GGUF file, or unset it.");
        }

        var shared = Path.GetFullPath(Path.Combine(root, "..", "shared", "engine", "tiny.gguf"));
        var made = Path.Combine(root, "artifacts", Engine, "random.gguf");
        if (!File.Exists(shared) && !File.Exists(made))
        {
            await NpmFolder.RunAsync(folder, "node", ["make-model.mjs", made], cancellationToken);
        }

        return File.Exists(shared) ? shared : made;
    }
}
