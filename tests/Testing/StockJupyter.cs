using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Xunit;

namespace Lyceum.Testing;

/// <summary>A Jupyter as Debian ships it, with files and settings of its own, and with Lyceum for its kernels (<c>--gateway-url</c>).</summary>
public sealed class StockJupyter : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lyceum-jupyter-");
    private readonly Process _process;
    private readonly string _program;

    private StockJupyter(string program, Uri gateway, Func<string, IEnumerable<string>> settings, IEnumerable<KeyValuePair<string, string>> environment)
    {
        _program = program;
        var port = LoopbackPort.Unused();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        Files = _home.CreateSubdirectory("files").FullName;
        var start = new ProcessStartInfo(
            program,
            [
                "--no-browser", "--allow-root", "--ip=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--port={port}"), "--port-retries=0",
                $"--gateway-url={gateway.GetLeftPart(UriPartial.Authority)}", .. settings(Files),
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JUPYTER_CONFIG_DIR"] = Path.Combine(_home.FullName, "config");
        start.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(_home.FullName, "runtime");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Where it listens; it asks for no token.</summary>
    public Uri Address { get; }

    /// <summary>The folder whose notebooks it opens.</summary>
    public string Files { get; }

    /// <summary>Starts the server that JupyterLab brings along, which comes to KernelService itself, as the caller.</summary>
    public static Task<StockJupyter> StartServerAsync(Uri gateway, CallerIdentity caller)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        var headers = JsonSerializer.Serialize(new Dictionary<string, string> { [IdentityHeader.Name] = TestIdentity.Token(caller) });
        return StartedAsync(new StockJupyter(
            "jupyter-server",
            gateway,
            files => ["--ServerApp.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True", $"--ServerApp.root_dir={files}", $"--GatewayClient.headers={headers}"],
            []));
    }

    /// <summary>Starts Notebook 6, which comes to Gateway with an account's token.</summary>
    public static Task<StockJupyter> StartNotebookAsync(Uri gateway, string token)
    {
        ArgumentNullException.ThrowIfNull(gateway);
        return StartedAsync(new StockJupyter(
            "jupyter-notebook",
            gateway,
            files => ["--NotebookApp.token=", "--NotebookApp.password=", $"--NotebookApp.notebook_dir={files}"],
            [KeyValuePair.Create("JUPYTER_GATEWAY_AUTH_TOKEN", token)]));
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _home.Delete(recursive: true);
    }

    private static async Task<StockJupyter> StartedAsync(StockJupyter jupyter)
    {
        try
        {
            await jupyter.ReadyAsync();
            return jupyter;
        }
        catch
        {
            await jupyter.DisposeAsync();
            throw;
        }
    }

    private async Task ReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var limit = new CancellationTokenSource(StartLimit);
        for (; ; await Task.Delay(100, limit.Token))
        {
            Assert.False(_process.HasExited, $"{_program} ended.");
            try
            {
                using var response = await client.GetAsync(new Uri("/api", UriKind.Relative), limit.Token);
                return;
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }
        }
    }
}
