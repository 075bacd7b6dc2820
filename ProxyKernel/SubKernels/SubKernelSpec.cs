using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lyceum.ProxyKernel.SubKernels;

/// <summary>The kernelspec of the kernel that is run.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Folder">The folder that its <c>kernel.json</c> is in.</param>
/// <param name="File">What that says.</param>
internal sealed record SubKernelSpec(string Name, string Folder, KernelSpecFile File)
{
    /// <param name="name">The kernelspec's name.</param>
    /// <param name="own">A folder of Jupyter's to look in, too; null for none.</param>
    /// <exception cref="NoSuchKernelException">There is none of that name that can be run.</exception>
    public static SubKernelSpec Find(string name, string? own)
    {
        foreach (var folder in JupyterFolders.All(own).Select(folder => Path.Combine(folder, "kernels", name)))
        {
            var path = Path.Combine(folder, "kernel.json");
            if (System.IO.File.Exists(path))
            {
                return new SubKernelSpec(name, folder, Read(path));
            }
        }

        throw new NoSuchKernelException($"there is no kernelspec '{name}' in {string.Join(", ", JupyterFolders.All(own))}");
    }

    /// <summary>The command that starts it.</summary>
    public IReadOnlyList<string> Command(string connectionFile) =>
    [
        .. File.Argv.Select(argument => argument
            .Replace("{connection_file}", connectionFile, StringComparison.Ordinal)
            .Replace("{resource_dir}", Folder, StringComparison.Ordinal)),
    ];

    private static KernelSpecFile Read(string path)
    {
        try
        {
            using var stream = System.IO.File.OpenRead(path);
            return JsonSerializer.Deserialize(stream, KernelSpecJson.Default.KernelSpecFile) is { Argv.Count: > 0 } file
                ? file
                : throw new NoSuchKernelException($"{path} names no program");
        }
        catch (JsonException exception)
        {
            throw new NoSuchKernelException($"{path} is no kernelspec: {exception.Message}");
        }
    }
}

/// <summary>A <c>kernel.json</c> ("Making kernels for Jupyter", kernel specs).</summary>
internal sealed record KernelSpecFile(
    IReadOnlyList<string> Argv, string DisplayName, string Language, string? InterruptMode = null, IReadOnlyDictionary<string, string>? Env = null);

/// <summary>The kernel that is to be run is not there.</summary>
internal sealed class NoSuchKernelException(string message) : Exception(message);

[JsonSerializable(typeof(KernelSpecFile))]
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
internal sealed partial class KernelSpecJson : JsonSerializerContext;
