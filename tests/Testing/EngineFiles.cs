using System.Diagnostics;

namespace Lyceum.Testing;

/// <summary>What an <see cref="EngineNode"/> needs on disk: npm's packages and a model.</summary>
internal static class EngineFiles
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);

    /// <summary>Installs the packages and makes a model where they are missing; answers the engine's folder and the model's path.</summary>
    public static async Task<(string Folder, string Model)> EnsureAsync()
    {
        var root = RepositoryRoot();
        var folder = Path.Combine(root, "tests", "engine");
        var lockFile = Path.Combine(Directory.CreateDirectory(Path.Combine(root, "artifacts", "engine")).FullName, "lock");
        using var limit = new CancellationTokenSource(InstallLimit);
        await using var mine = await LockAsync(lockFile, limit.Token);
        // npm writes this file last.
        if (!File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")))
        {
            await RunAsync(folder, "npm", ["ci", "--ignore-scripts", "--omit=optional"], limit.Token);
        }

        return (folder, await ModelAsync(root, folder, limit.Token));
    }

    private static async Task<string> ModelAsync(string root, string folder, CancellationToken cancellationToken)
    {
        if (Environment.GetEnvironmentVariable("LYCEUM_ENGINE_MODEL") is { Length: > 0 } given)
        {
            return File.Exists(given) ? given : throw new InvalidOperationException($"LYCEUM_ENGINE_MODEL is '{given}', and there is no such file: set it to a GGUF file, or unset it.");
        }

        var shared = Path.GetFullPath(Path.Combine(root, "..", "shared", "engine", "tiny.gguf"));
        var made = Path.Combine(root, "artifacts", "engine", "random.gguf");
        if (!File.Exists(shared) && !File.Exists(made))
        {
            await RunAsync(folder, "node", ["make-model.mjs", made], cancellationToken);
        }

        return File.Exists(shared) ? shared : made;
    }

    /// <summary>Test processes run side by side: one installs, the others wait.</summary>
    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(100, cancellationToken);
            }
        }
    }

    private static async Task RunAsync(string folder, string program, string[] arguments, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var errors = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}: {await output} {await errors}");
        }
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "global.json")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No repository above {AppContext.BaseDirectory}.");
    }
}
