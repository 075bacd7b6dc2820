using System.Text.Json;
using Lyceum.ProxyKernel.SubKernels;

namespace Lyceum.ProxyKernel.Install;

/// <summary>Makes the kernel known to a Jupyter on this machine.</summary>
internal static class KernelSpecInstaller
{
    /// <summary>Writes a spec that starts this very copy of the kernel.</summary>
    /// <returns>The file.</returns>
    /// <exception cref="NoSuchKernelException">The kernel that it is to run is not there.</exception>
    public static async Task<string> InstallAsync(ProxyArguments arguments, CancellationToken cancellationToken)
    {
        var data = arguments.Prefix is { } prefix ? Path.Combine(Path.GetFullPath(prefix), "share", "jupyter") : JupyterFolders.User;
        var below = SubKernelSpec.Find(arguments.Kernel, data);
        var folder = Directory.CreateDirectory(Path.Combine(data, "kernels", arguments.Name)).FullName;
        var file = Path.Combine(folder, "kernel.json");
        var process = Environment.ProcessPath ?? "dotnet";
        string[] start = Path.GetFileNameWithoutExtension(process).Equals("dotnet", StringComparison.OrdinalIgnoreCase)
            ? [process, typeof(KernelSpecInstaller).Assembly.Location]
            : [process];
        var spec = new KernelSpecFile(
            [.. start, "--kernel", arguments.Kernel, "--url", arguments.Url.ToString(), "--beside", "{resource_dir}", "{connection_file}"],
            $"{below.File.DisplayName} with Lyceum",
            below.File.Language,
            "message");
        await File.WriteAllBytesAsync(file, JsonSerializer.SerializeToUtf8Bytes(spec, KernelSpecJson.Default.KernelSpecFile), cancellationToken);
        return file;
    }
}
