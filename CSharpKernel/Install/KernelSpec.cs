using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.CSharpKernel.Install;

/// <summary>What Jupyter reads from a <c>kernel.json</c> ("Making kernels for Jupyter", kernel specs).</summary>
internal sealed record KernelSpec(
    IReadOnlyList<string> Argv, string DisplayName, string Language, string InterruptMode, Dictionary<string, string> Metadata)
{
    public const string Name = "csharp";

    /// <summary>A spec that starts this very copy of the kernel.</summary>
    public static KernelSpec OfThisProcess()
    {
        var program = typeof(KernelSpec).Assembly.Location;
        var process = Environment.ProcessPath ?? "dotnet";
        string[] start = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase) ? [process, program] : [process];
        return new KernelSpec([.. start, "{connection_file}"], "C#", "C#", "message", []);
    }
}

/// <summary>Makes the kernel known to a Jupyter on this machine.</summary>
internal static class KernelSpecInstaller
{
    /// <summary>Writes the spec below the folder that Jupyter searches.</summary>
    /// <param name="prefix">Installs to <c>prefix/share/jupyter</c>; null installs for the current user.</param>
    /// <param name="cancellationToken">Stops before the file is written.</param>
    /// <returns>The file.</returns>
    public static async Task<string> InstallAsync(string? prefix, CancellationToken cancellationToken)
    {
        var data = prefix is null ? UserData() : Path.Combine(Path.GetFullPath(prefix), "share", "jupyter");
        var folder = Directory.CreateDirectory(Path.Combine(data, "kernels", KernelSpec.Name)).FullName;
        var file = Path.Combine(folder, "kernel.json");
        await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(KernelSpec.OfThisProcess(), KernelSpecJson.Default.KernelSpec), cancellationToken);
        return file;
    }

    // jupyter_core.paths.jupyter_data_dir
    private static string UserData()
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return Environment.GetEnvironmentVariable("JUPYTER_DATA_DIR") is { Length: > 0 } data ? data
            : OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "jupyter")
            : OperatingSystem.IsMacOS() ? Path.Combine(home, "Library", "Jupyter")
            : Path.Combine(Environment.GetEnvironmentVariable("XDG_DATA_HOME") is { Length: > 0 } xdg ? xdg : Path.Combine(home, ".local", "share"), "jupyter");
    }
}

[JsonSerializable(typeof(KernelSpec))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
internal sealed partial class KernelSpecJson : JsonSerializerContext;
