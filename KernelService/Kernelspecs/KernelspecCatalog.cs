using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace Lyceum.KernelService.Kernelspecs;

/// <summary>
/// Finds kernelspecs where Jupyter looks for them. Looks anew each time: what a user installs appears without a restart.
/// </summary>
internal sealed partial class KernelspecCatalog(IOptions<KernelspecsOptions> options, PythonPrefix python, ILogger<KernelspecCatalog> logger)
{
    private const int MaxSpecs = 1000;
    private const long MaxFileBytes = 1024 * 1024;

    private readonly ConcurrentDictionary<string, bool> _reported = new(StringComparer.Ordinal);

    /// <summary>Every kernelspec that can be started, by name; of two with one name the first found counts.</summary>
    public async Task<IReadOnlyDictionary<string, Kernelspec>> ListAsync(CancellationToken cancellationToken)
    {
        var prefix = await python.GetAsync().WaitAsync(cancellationToken);
        var found = new SortedDictionary<string, Kernelspec>(StringComparer.Ordinal);
        foreach (var folder in DataFolders(prefix).Select(folder => Path.Combine(folder, "kernels")).Where(Directory.Exists))
        {
            foreach (var specFolder in Directory.EnumerateDirectories(folder).Take(MaxSpecs))
            {
                if (Read(specFolder, prefix) is { } spec)
                {
                    found.TryAdd(spec.Name, spec);
                }
            }
        }

        return found;
    }

    public async Task<Kernelspec?> FindAsync(string name, CancellationToken cancellationToken) =>
        Kernelspec.IsName(name) ? (await ListAsync(cancellationToken)).GetValueOrDefault(Normal(name)) : null;

    public string DefaultOf(IReadOnlyDictionary<string, Kernelspec> specs) =>
        options.Value.Default is { Length: > 0 } chosen ? chosen
        : specs.ContainsKey("python3") ? "python3"
        : specs.ContainsKey("csharp") ? "csharp"
        : specs.Keys.FirstOrDefault() ?? "python3";

#pragma warning disable CA1308 // Jupyter's kernelspec names are lower case.
    private static string Normal(string name) => name.ToLowerInvariant();
#pragma warning restore CA1308

    private IEnumerable<string> DataFolders(string? prefix)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string?[] folders =
        [
            .. options.Value.Folders,
            .. (Environment.GetEnvironmentVariable("JUPYTER_PATH") ?? "").Split(Path.PathSeparator),
            Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR"),
            home.Length > 0 ? Path.Combine(home, ".local", "share", "jupyter") : null,
            prefix is null ? null : Path.Combine(prefix, "share", "jupyter"),
            "/usr/local/share/jupyter",
            "/usr/share/jupyter",
            Path.GetDirectoryName(typeof(KernelspecCatalog).Assembly.Location),
        ];
        return folders.Where(folder => !string.IsNullOrWhiteSpace(folder)).Distinct(StringComparer.Ordinal)!;
    }

    private Kernelspec? Read(string folder, string? prefix)
    {
        var path = Path.Combine(folder, "kernel.json");
        var name = Path.GetFileName(folder);
        if (!Kernelspec.IsName(name) || new FileInfo(path) is not { Exists: true, Length: <= MaxFileBytes })
        {
            return null;
        }

        try
        {
            using var stream = File.OpenRead(path);
            var file = JsonSerializer.Deserialize(stream, KernelspecJson.Default.KernelspecFile);
            if (file is not { Argv: [var program, ..] })
            {
                return Skip(path, "it names no program");
            }

            return Executables.Find(program, folder, prefix) is { } executable
                ? new Kernelspec(Normal(name), folder, executable, file)
                : Skip(path, $"its program {program} is not there");
        }
        catch (Exception exception) when (exception is JsonException or IOException or UnauthorizedAccessException)
        {
            return Skip(path, exception.Message);
        }
    }

    private Kernelspec? Skip(string path, string reason)
    {
        if (_reported.TryAdd(path, true))
        {
            LogSkipped(logger, path, reason);
        }

        return null;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The kernelspec {Path} is left out: {Reason}")]
    private static partial void LogSkipped(ILogger logger, string path, string reason);
}
