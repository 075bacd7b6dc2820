using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using Lyceum.KernelBench.Targets;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Hosting;

namespace Lyceum.ModelHostBench;

/// <summary>An upstream, nginx before it, and ModelHost before it, all on loopback and gone with this object.</summary>
internal sealed class Stack : IAsyncDisposable
{
    public const string Direct = "upstream, directly";
    public const string Nginx = "nginx";
    public const string ModelHost = "ModelHost";
    private readonly List<ChildProcess> _processes = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("lyceum-bench-").FullName;

    public IReadOnlyList<Target> Targets { get; private set; } = [];

    /// <summary>With a synthetic upstream.</summary>
    public static Task<Stack> SyntheticAsync(Installation installation, CancellationToken cancellationToken) =>
        StartAsync(installation, Path.Combine(installation.Repository, "bench", "modelhost", "streamer.mjs"), new Dictionary<string, string>(), cancellationToken);

    /// <summary>With the tests' real engine.</summary>
    public static Task<Stack> EngineAsync(Installation installation, CancellationToken cancellationToken) =>
        StartAsync(
            installation,
            Path.Combine(installation.Repository, "tests", "engine", "mini-ollama.mjs"),
            new Dictionary<string, string> { ["MODEL"] = installation.Model, ["LOAD_MS"] = "0", ["MODELS"] = "paced:latest" },
            cancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (ChildProcess process in Enumerable.Reverse(_processes))
        {
            await process.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private static async Task<Stack> StartAsync(Installation installation, string upstream, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var stack = new Stack();
        int node = Ports.Unused();
        int nginx = Ports.Unused();
        int host = Ports.Unused();
        await stack.RunAsync(node, "node", [upstream], new Dictionary<string, string>(settings) { ["PORT"] = Text(node) }, cancellationToken);
        File.WriteAllText(Path.Combine(stack._folder, "nginx.conf"), Configuration(stack._folder, nginx, node));
        ChildProcess proxy = await stack.RunAsync(nginx, "nginx", ["-c", Path.Combine(stack._folder, "nginx.conf"), "-p", stack._folder], [], cancellationToken);
        string key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        ChildProcess service = await stack.RunAsync(host, "dotnet", [installation.ModelHost], new Dictionary<string, string>
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{Text(host)}",
            ["Identity__Key"] = key,
            ["Nodes__0__Url"] = $"http://127.0.0.1:{Text(node)}",
            ["Nodes__0__Parallel"] = "2000",
            ["Scheduling__QueueLength"] = "4000",
            ["Scheduling__QueueLengthPerUser"] = "4000",
            ["Logging__LogLevel__Default"] = "Warning",
            // As AppHost starts it.
            [InlineSockets.Variable] = "1",
            [InlineSockets.Threads] = "1",
        }, cancellationToken);
        var tokens = new IdentityTokens(key, IdentityTokens.InternalPurpose, "bench", TimeSpan.FromMinutes(60), TimeProvider.System);
        string token = tokens.Issue(new CallerIdentity("bench", "bench", "bench", "bench", [Roles.Student]));
        stack.Targets = [new Target(Direct, node, "", null), new Target(Nginx, nginx, "", proxy.Id), new Target(ModelHost, host, token, service.Id)];
        return stack;
    }

    private async Task<ChildProcess> RunAsync(int port, string program, string[] arguments, Dictionary<string, string> settings, CancellationToken cancellationToken)
    {
        var process = new ChildProcess(program, arguments, settings);
        _processes.Add(process);
        while (true)
        {
            process.MustRun();
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", port, cancellationToken);
                return process;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // One process is one worker; its CPU time is then all of nginx's.
    private static string Configuration(string folder, int port, int node) => $$"""
        daemon off; master_process off; pid {{folder}}/pid; error_log stderr error;
        events { worker_connections 8192; }
        http {
          access_log off; tcp_nodelay on;
          client_body_temp_path {{folder}}/body; proxy_temp_path {{folder}}/proxy; fastcgi_temp_path {{folder}}/f; uwsgi_temp_path {{folder}}/u; scgi_temp_path {{folder}}/s;
          upstream node { server 127.0.0.1:{{Text(node)}}; keepalive 64; }
          server {
            listen 127.0.0.1:{{Text(port)}} backlog=4096;
            location / { proxy_pass http://node; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_read_timeout 300s; }
          }
        }
        """;
}

internal static class Ports
{
    public static int Unused()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }
}
