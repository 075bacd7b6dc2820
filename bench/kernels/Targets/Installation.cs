using System.Text.Json;

namespace Lyceum.KernelBench.Targets;

/// <summary>A temporary folder with the kernelspec of the echo kernel, and where this build lies.</summary>
internal sealed class Installation : IDisposable
{
    public const string Echo = "lyceum-echo";
    public const string Python = "python3";

    /// <summary>Python again, under a name of which the service keeps a kernel warm.</summary>
    public const string WarmPython = "python3-warm";

    public Installation()
    {
        // artifacts/bin/<project>/<configuration>/ is the layout of every project here.
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        string bin = own.Parent!.Parent!.FullName;
        EchoKernel = Existing(Path.Combine(bin, "EchoKernel", own.Name, "EchoKernel.dll"));
        Relay = Existing(Path.Combine(bin, "Relay", own.Name, "Relay.dll"));
        KernelService = Existing(Path.Combine(bin, "KernelService", own.Name, "KernelService.dll"));
        Repository = Directory.GetParent(bin)!.Parent!.FullName;
        WriteSpec(Echo, $$"""{"argv":["dotnet",{{JsonSerializer.Serialize(EchoKernel, StringJson.Default.String)}},"{connection_file}"],"display_name":"Echo","language":"echo"}""");
        WriteSpec(WarmPython, """{"argv":["/usr/bin/python3","-m","ipykernel_launcher","-f","{connection_file}"],"display_name":"Python 3","language":"python"}""");
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("lyceum-bench-").FullName;

    public string JupyterPath => Path.Combine(Folder, "jupyter");

    public string Repository { get; }

    public string KernelService { get; }

    public string Relay { get; }

    private string EchoKernel { get; }

    /// <summary>The command line of a kernelspec.</summary>
    public string[] CommandOf(string kernelspec, string connectionFile) => kernelspec switch
    {
        Echo => ["dotnet", EchoKernel, connectionFile],
        Python or WarmPython => ["/usr/bin/python3", "-m", "ipykernel_launcher", "-f", connectionFile],
        _ => throw new ArgumentOutOfRangeException(nameof(kernelspec), kernelspec, "Not a kernelspec of this benchmark."),
    };

    public void Dispose()
    {
        try
        {
            Directory.Delete(Folder, recursive: true);
        }
        catch (IOException)
        {
            // A process that is just ending writes there; it is a small temporary folder.
        }
    }

    private void WriteSpec(string name, string json)
    {
        string spec = Path.Combine(JupyterPath, "kernels", name);
        Directory.CreateDirectory(spec);
        File.WriteAllText(Path.Combine(spec, "kernel.json"), json);
    }

    private static string Existing(string path) =>
        File.Exists(path) ? path : throw new FileNotFoundException($"'{path}' is missing: run with dotnet run -c Release --project bench/kernels/Kernels.csproj.", path);
}

[System.Text.Json.Serialization.JsonSerializable(typeof(string))]
internal sealed partial class StringJson : System.Text.Json.Serialization.JsonSerializerContext;
