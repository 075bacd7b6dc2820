using System.Globalization;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.KernelService.Tests;

/// <summary>The service as a process of its own, with what the operating system knows of it.</summary>
internal sealed class ServiceProcess : IAsyncDisposable
{
    private readonly Testing.ServiceProcess _process;

    public ServiceProcess(Testing.ServiceProcess process) => _process = process;

    public Uri Address => _process.Address;

    public int Id => _process.Id;

    /// <summary>How many files and sockets it has open.</summary>
    public int OpenFiles => Directory.GetFiles($"/proc/{_process.Id}/fd").Length;

    /// <summary>Bytes of memory that it holds just now.</summary>
    public long Memory => 1024 * long.Parse(
        File.ReadLines($"/proc/{_process.Id}/status").First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))[6..].Replace("kB", "", StringComparison.Ordinal),
        CultureInfo.InvariantCulture);

    /// <summary>How many processes it started and has not yet seen end.</summary>
    public int Children => Directory.GetDirectories($"/proc/{_process.Id}/task").Sum(ChildrenOf);

    /// <param name="settings">Configuration by key, such as <c>Kernels:Max</c>.</param>
    public static async Task<ServiceProcess> StartAsync(params (string Key, string Value)[] settings) => new(await Testing.ServiceProcess.StartAsync(
        typeof(Program).Assembly,
        [
            // Lets the test count its files and children also where it is not root's.
            KeyValuePair.Create("ASPNETCORE_ENVIRONMENT", (string?)"Development"),
            KeyValuePair.Create("Workspaces:Root", (string?)Directory.CreateTempSubdirectory("lyceum-workspaces-").FullName),
            .. settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)),
        ]));

    public HttpClient ClientOf(CallerIdentity caller) => _process.ClientFor(caller);

    /// <summary>Ends it as a crash does, with no time for anything.</summary>
    public Task KillAsync() => _process.KillAsync();

    /// <summary>Ends it as an operating system's service manager does.</summary>
    public Task StopAsync() => _process.StopAsync();

    public async ValueTask DisposeAsync()
    {
        // Its kernels are to end with it.
        await _process.StopAsync();
        await _process.DisposeAsync();
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
}
