using System.Diagnostics;
using System.Text;

namespace Lyceum.Messaging.Tests;

/// <summary>A real libzmq socket in a Python process.</summary>
internal sealed class LibzmqPeer : IAsyncDisposable
{
    private readonly Process _process;

    private LibzmqPeer(Process process, string endpoint)
    {
        _process = process;
        Endpoint = endpoint;
    }

    public string Endpoint { get; }

    public static Task<LibzmqPeer> BindAsync(string kind, string mode = "plain", string endpoint = "tcp://127.0.0.1:*") =>
        StartAsync(kind, "bind", endpoint, mode, identity: null);

    public static Task<LibzmqPeer> ConnectAsync(string kind, string endpoint, string mode = "plain", string? identity = null) =>
        StartAsync(kind, "connect", endpoint, mode, identity);

    public Task SayAsync(string line) => _process.StandardInput.WriteLineAsync(line);

    public async Task<string> HearAsync()
    {
        using CancellationTokenSource limit = Limit.Start();
        return await _process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The peer ended.");
    }

    /// <summary>Says a line and waits for the answer without any thread but the caller's.</summary>
    public string Ask(string line)
    {
        _process.StandardInput.WriteLine(line);
        return _process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("The peer ended.");
    }

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using CancellationTokenSource limit = Limit.Start(5);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    private static async Task<LibzmqPeer> StartAsync(string kind, string how, string endpoint, string mode, string? identity)
    {
        // Debian's Python, whose python3-zmq this is; another python3 on the path may lack it.
        var start = new ProcessStartInfo("/usr/bin/python3")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "peer.py"), kind, how, endpoint, mode },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        if (identity is not null)
        {
            start.ArgumentList.Add(Convert.ToHexString(Encoding.UTF8.GetBytes(identity)));
        }

        Process process = Process.Start(start)!;
        using CancellationTokenSource limit = Limit.Start();
        string ready = await process.StandardOutput.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("The peer did not start.");
        return new LibzmqPeer(process, ready["ready ".Length..]);
    }
}
