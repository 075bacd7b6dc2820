using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Xunit;

namespace Lyceum.Testing;

/// <summary>A real Redis in memory, on a free port.</summary>
public sealed class RedisServer : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly int _port = LoopbackPort.Unused();
    private Process? _process;

    /// <summary>For StackExchange.Redis; who asks while it is away waits for a second at most.</summary>
    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port},connectTimeout=1000,syncTimeout=1000,asyncTimeout=1000");

    /// <summary>The same for tests in which nobody may find it away because the machine is slow: an answer may take a minute.</summary>
    public string PatientConnectionString => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{_port},connectTimeout=2000,syncTimeout=60000");

    /// <summary>Starts it, empty, and answers once it takes connections; again after <see cref="KillAsync"/>, on the same port.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(new ProcessStartInfo(
            "redis-server", ["--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--daemonize", "no"]) { RedirectStandardOutput = true })!;
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        using var limit = new CancellationTokenSource(StartLimit);
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
        if (_process is { HasExited: false })
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>Has it hang: it takes what it is sent, and answers nothing before <see cref="ThawAsync"/>.</summary>
    public Task FreezeAsync() => SignalAsync("-STOP");

    /// <summary>Has it go on, with all that it was sent.</summary>
    public Task ThawAsync() => SignalAsync("-CONT");

    /// <inheritdoc />
    public async Task DisposeAsync()
    {
        await KillAsync();
        _process?.Dispose();
    }

    Task IAsyncLifetime.InitializeAsync() => StartAsync();

    async ValueTask IAsyncDisposable.DisposeAsync() => await DisposeAsync();

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [signal, _process!.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
