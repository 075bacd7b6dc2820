using System.Diagnostics;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests;

/// <summary>ChatService as a process of its own, which can be killed as a machine's failure would.</summary>
public sealed class ChatProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;

    private ChatProcess(Process process) => _process = process;

    private Uri? Address { get; set; }

    public static async Task<ChatProcess> StartAsync(IReadOnlyDictionary<string, string?> settings)
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new ChatProcess(Run(settings));
        process._process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                listening.TrySetResult(new Uri(line.Data[(at + Listening.Length)..]));
            }
        };
        process._process.ErrorDataReceived += (_, _) => { };
        process._process.BeginOutputReadLine();
        process._process.BeginErrorReadLine();
        process.Address = await listening.Task.WaitAsync(TimeSpan.FromSeconds(30));
        return process;
    }

    /// <summary>Starts the service where it cannot start; answers its exit code and what it said.</summary>
    public static async Task<(int Code, string Said)> FailAsync(IReadOnlyDictionary<string, string?> settings)
    {
        using var process = Run(settings);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, string.Concat(said));
    }

    private static Process Run(IReadOnlyDictionary<string, string?> settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Identity__Key"] = TestIdentity.Key;
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        return Process.Start(start)!;
    }

    public HttpClient ClientFor(CallerIdentity caller) => new HttpClient { BaseAddress = Address }.As(caller);

    public void Kill() => _process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
