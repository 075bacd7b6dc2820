using System.Diagnostics;
using System.Net.Sockets;

namespace Lyceum.Testing;

/// <summary>A real Redis on a port of its own, which keeps nothing.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private readonly int _port = LoopbackPort.Unused();
    private Process? _process;

    /// <summary>The connection string.</summary>
    public string ConnectionString => $"127.0.0.1:{_port},connectTimeout=1000,syncTimeout=1000,asyncTimeout=1000";

    /// <summary>Starts it, again if need be, and answers once it takes connections.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo("redis-server", ["--port", $"{_port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using var client = new TcpClient();
                await client.ConnectAsync("127.0.0.1", _port, limit.Token);
                return;
            }
            catch (SocketException)
            {
                await Task.Delay(50, limit.Token);
            }
        }
    }

    /// <summary>Ends it without a word.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await KillAsync();
        }

        _process?.Dispose();
    }
}
