using System.Diagnostics;
using System.Globalization;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests;

/// <summary>The service as a process of its own, for tests of how it ends.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServiceProcess(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>How many files and sockets it has open.</summary>
    public int OpenFiles => Directory.GetFiles($"/proc/{_process.Id}/fd").Length;

    /// <summary>How many processes it started and has not yet seen end.</summary>
    public int Children => Directory.GetDirectories($"/proc/{_process.Id}/task").Sum(ChildrenOf);

    /// <param name="settings">Configuration by key, such as <c>Kernels:Max</c>.</param>
    public static async Task<ServiceProcess> StartAsync(params (string Key, string Value)[] settings)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(Program).Assembly.Location])
        {
            RedirectStandardOutput = true,
            Environment =
            {
                ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["Identity__Key"] = TestIdentity.Key, ["Logging__LogLevel__Default"] = "Information",
                ["Workspaces__Root"] = Directory.CreateTempSubdirectory("lyceum-workspaces-").FullName,
            },
        };
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        var process = Process.Start(start)!;
        return new ServiceProcess(process, await ListeningAtAsync(process));
    }

    public HttpClient ClientOf(CallerIdentity caller) => new HttpClient { BaseAddress = Address }.As(caller);

    /// <summary>Ends it as a crash does, with no time for anything.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await EndedAsync();
    }

    /// <summary>Ends it as an operating system's service manager does.</summary>
    public async Task StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await EndedAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await StopAsync();
        }

        _process.Dispose();
    }

    private static int ChildrenOf(string thread)
    {
        try
        {
            return File.ReadAllText(Path.Combine(thread, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Length;
        }
        catch (IOException)
        {
            // The thread has just ended.
            return 0;
        }
    }

    private async Task EndedAsync()
    {
        using var limit = NotebookClient.Limit(60);
        await _process.WaitForExitAsync(limit.Token);
    }

    private static async Task<Uri> ListeningAtAsync(Process service)
    {
        const string Announcement = "Now listening on: ";
        using var limit = NotebookClient.Limit(60);
        while (await service.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            if (line.Contains(Announcement, StringComparison.Ordinal))
            {
                _ = service.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new Uri(line[(line.IndexOf(Announcement, StringComparison.Ordinal) + Announcement.Length)..]);
            }
        }

        throw new InvalidOperationException("The service did not start.");
    }
}
