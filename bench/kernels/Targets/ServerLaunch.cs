using System.Globalization;
using System.Security.Cryptography;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelBench.Targets;

/// <summary>How a server is started, and the header by which it lets the benchmark in.</summary>
internal sealed record ServerLaunch(string[] Command, int Port, IReadOnlyDictionary<string, string> Environment, string Header, string Value)
{
    /// <summary>Configuration of the server, which is Python; none of its files is changed. The framework turns Nagle's algorithm on again after each handshake.</summary>
    private const string NagleOff = """
        from jupyter_server.services.kernels.handlers import ZMQChannelsHandler

        stock_open = ZMQChannelsHandler.open

        def open_without_delay(self, *args, **kwargs):
            self.set_nodelay(True)
            return stock_open(self, *args, **kwargs)

        ZMQChannelsHandler.open = open_without_delay
        c.ServerApp.iopub_msg_rate_limit = 0
        c.ServerApp.iopub_data_rate_limit = 0
        """;

    public static ServerLaunch KernelService(Installation installation)
    {
        int port = FreePorts.Pick(1)[0];
        string key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var tokens = new IdentityTokens(key, IdentityTokens.InternalPurpose, "bench", TimeSpan.FromMinutes(30), TimeProvider.System);
        string token = tokens.Issue(new CallerIdentity("bench", "bench", "bench", "bench", [Roles.Student]));
        var environment = new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"),
            ["Identity__Key"] = key,
            ["DOTNET_EnableDiagnostics"] = "0",
            ["Workspaces__Root"] = Path.Combine(installation.Folder, "workspaces"),
            ["Kernels__MaxPerUser"] = "100",
            ["WarmKernels__Kernelspecs__0"] = Installation.WarmPython,
            ["Logging__LogLevel__Default"] = "Warning",
            ["JUPYTER_PATH"] = installation.JupyterPath,
        };
        return new ServerLaunch(["dotnet", installation.KernelService], port, environment, IdentityHeader.Name, token);
    }

    public static ServerLaunch JupyterServer(Installation installation, bool isTuned)
    {
        int port = FreePorts.Pick(1)[0];
        string token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        string home = Path.Combine(installation.Folder, isTuned ? "tuned" : "stock");
        string files = Path.Combine(home, "files");
        Directory.CreateDirectory(files);
        if (isTuned)
        {
            File.WriteAllText(Path.Combine(home, "jupyter_server_config.py"), NagleOff);
        }

        string[] command =
        [
            "jupyter", "server", "--no-browser", "--allow-root", "--ServerApp.ip=127.0.0.1",
            string.Create(CultureInfo.InvariantCulture, $"--ServerApp.port={port}"), "--ServerApp.port_retries=0",
            $"--ServerApp.token={token}", $"--ServerApp.root_dir={files}", "--ServerApp.log_level=ERROR",
        ];
        var environment = new Dictionary<string, string>
        {
            ["JUPYTER_CONFIG_DIR"] = home,
            ["JUPYTER_RUNTIME_DIR"] = Path.Combine(home, "runtime"),
            ["JUPYTER_PATH"] = installation.JupyterPath,
        };
        return new ServerLaunch(command, port, environment, "Authorization", $"token {token}");
    }
}
