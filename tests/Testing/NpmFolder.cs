using System.Diagnostics;

namespace Lyceum.Testing;

/// <summary>A folder of <c>tests</c> with npm packages that its lock file pins.</summary>
public static class NpmFolder
{
    private static readonly TimeSpan InstallLimit = TimeSpan.FromMinutes(5);

    /// <summary>Installs the packages where they are missing; answers the folder's path.</summary>
    /// <param name="name">The folder's name in <c>tests</c>.</param>
    public static async Task<string> EnsureAsync(string name)
    {
        var folder = Path.Combine(RepositoryRoot(), "tests", name);
        using var limit = new CancellationTokenSource(InstallLimit);
        await using var mine = await LockAsync(name, limit.Token);
        // npm writes this file last.
        if (!File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")))
        {
            await RunAsync(folder, "npm", ["ci", "--ignore-scripts", "--omit=optional"], limit.Token);
        }

        return folder;
    }

    /// <summary>Test processes run side by side: one makes what is missing, the others wait.</summary>
    internal static async Task<FileStream> LockAsync(string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(RepositoryRoot(), "artifacts", name)).FullName, "lock");
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

    internal static async Task RunAsync(string folder, string program, string[] arguments, CancellationToken cancellationToken)
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

    internal static string RepositoryRoot()
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
