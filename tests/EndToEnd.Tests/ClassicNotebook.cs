using System.Diagnostics;
using Lyceum.Testing;

namespace Lyceum.EndToEnd.Tests;

/// <summary>Debian's Notebook 6.4 with its own files, and with Lyceum for its kernels.</summary>
internal sealed class ClassicNotebook : IAsyncDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lyceum-notebook-");
    private readonly Process _process;

    private ClassicNotebook(Uri gateway, string token)
    {
        var port = LoopbackPort.Unused();
        Address = new Uri($"http://127.0.0.1:{port}");
        Files = _home.CreateSubdirectory("files").FullName;
        var start = new ProcessStartInfo("jupyter-notebook",
        [
            "--no-browser", "--allow-root", "--NotebookApp.ip=127.0.0.1", $"--NotebookApp.port={port}", "--NotebookApp.port_retries=0",
            "--NotebookApp.token=", "--NotebookApp.password=", $"--NotebookApp.notebook_dir={Files}", $"--gateway-url={gateway.GetLeftPart(UriPartial.Authority)}",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JUPYTER_GATEWAY_AUTH_TOKEN"] = token;
        start.Environment["JUPYTER_CONFIG_DIR"] = Path.Combine(_home.FullName, "config");
        start.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(_home.FullName, "runtime");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    /// <summary>The folder whose notebooks it opens.</summary>
    public string Files { get; }

    public static async Task<ClassicNotebook> StartAsync(Uri gateway, string token)
    {
        var notebook = new ClassicNotebook(gateway, token);
        using var client = new HttpClient { BaseAddress = notebook.Address };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (; ; await Task.Delay(100, limit.Token))
        {
            Assert.False(notebook._process.HasExited, "jupyter-notebook ended.");
            try
            {
                using var response = await client.GetAsync(new Uri("/api", UriKind.Relative), limit.Token);
                return notebook;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _home.Delete(recursive: true);
    }
}
