using System.Diagnostics;

namespace Lyceum.ProxyKernel.Tests;

/// <summary>The proxy as a kernelspec below a prefix of its own, where stock Jupyter finds it.</summary>
public sealed class InstalledProxy : IAsyncLifetime
{
    public static string Program { get; } = Path.Combine(AppContext.BaseDirectory, "ProxyKernel.dll");

    public string Prefix { get; } = Directory.CreateTempSubdirectory("lyceum-proxy-prefix-").FullName;

    public string JupyterFolder => Path.Combine(Prefix, "share", "jupyter");

    public async Task InitializeAsync()
    {
        foreach (var (kernel, name) in new[] { ("python3", "lyceum"), ("ir", "lyceum-r") })
        {
            var (code, output) = await RunAsync("dotnet", Program, "--install", "--prefix", Prefix, "--kernel", kernel, "--name", name, "--url", "http://127.0.0.1:1");
            Assert.True(code == 0, output);
        }
    }

    public Task DisposeAsync()
    {
        Directory.Delete(Prefix, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>Runs one of the Python clients against it.</summary>
    public Task<(int Code, string Output)> ClientAsync(string script, params string[] arguments) =>
        RunAsync("/usr/bin/python3", [Path.Combine(AppContext.BaseDirectory, script), JupyterFolder, .. arguments]);

    /// <summary>Runs a program to its end; answers its exit code and all that it wrote.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string program, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(180));
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        var output = await process.StandardOutput.ReadToEndAsync(limit.Token);
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, output + await error);
    }
}
