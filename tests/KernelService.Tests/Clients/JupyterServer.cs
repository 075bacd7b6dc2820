using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Clients;

/// <summary>A stock Jupyter server that was started with <c>--gateway-url</c>, as JupyterLab and Notebook bring one along.</summary>
internal sealed class JupyterServer : IAsyncDisposable
{
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("lyceum-jupyter-");
    private readonly Process _process;

    private JupyterServer(Uri gateway, CallerIdentity caller)
    {
        var port = LoopbackPort.Unused();
        Address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        var start = new ProcessStartInfo("jupyter-server",
        [
            "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1", string.Create(CultureInfo.InvariantCulture, $"--ServerApp.port={port}"),
            "--ServerApp.port_retries=0", "--ServerApp.token=", "--ServerApp.password=", "--ServerApp.disable_check_xsrf=True",
            $"--ServerApp.root_dir={_home.FullName}", $"--gateway-url={gateway.GetLeftPart(UriPartial.Authority)}",
            $"--GatewayClient.headers={JsonSerializer.Serialize(new Dictionary<string, string> { [IdentityHeader.Name] = TestIdentity.Token(caller) })}",
        ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["JUPYTER_CONFIG_DIR"] = _home.FullName;
        start.Environment["JUPYTER_RUNTIME_DIR"] = Path.Combine(_home.FullName, "runtime");
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    public static async Task<JupyterServer> StartAsync(Uri gateway, CallerIdentity caller)
    {
        var server = new JupyterServer(gateway, caller);
        using var client = new HttpClient { BaseAddress = server.Address };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (; ; await Task.Delay(100, limit.Token))
        {
            Assert.False(server._process.HasExited, "jupyter-server ended.");
            try
            {
                using var response = await client.GetAsync(JupyterRest.Path("/api"), limit.Token);
                return server;
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
