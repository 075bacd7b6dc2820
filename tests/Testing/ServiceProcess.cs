using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Lyceum.ServiceDefaults.Identity;

namespace Lyceum.Testing;

/// <summary>A service as a process of its own, which can be killed as a machine's failure would.</summary>
public sealed class ServiceProcess : IAsyncDisposable
{
    private const string Listening = "Now listening on: ";
    private readonly Process _process;

    private ServiceProcess(Process process) => _process = process;

    /// <summary>Where it listens.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The process's id.</summary>
    public int Id => _process.Id;

    /// <summary>Starts the service of an assembly and answers once it is ready.</summary>
    public static Task<ServiceProcess> StartAsync(Assembly assembly, params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return StartAsync(Command(assembly.Location, settings));
    }

    /// <summary>The same under an account that is not root's, whose home the folder becomes.</summary>
    public static async Task<ServiceProcess> StartUnprivilegedAsync(
        Assembly assembly, string home, params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        // Where the tests lie that account may not look.
        var copy = Path.Combine(home, "service");
        CopyFolder(Path.GetDirectoryName(assembly.Location)!, copy);
        await UnprivilegedAccount.GiveAsync(home);
        var start = Command(Path.Combine(copy, Path.GetFileName(assembly.Location)), settings);
        UnprivilegedAccount.Take(start);
        start.Environment["HOME"] = home;
        return await StartAsync(start);
    }

    /// <summary>
    /// The same as root, with those capabilities alone, from a folder that every account may pass through. Needs root, which those tests
    /// ask for that have it.
    /// </summary>
    public static async Task<ServiceProcess> StartConfinedAsync(
        Assembly assembly, string home, IEnumerable<string> capabilities, params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return await StartAsync(Confined(assembly, home, capabilities, settings));
    }

    /// <summary>Starts it so where it cannot start; answers its exit code and what it said.</summary>
    public static Task<(int Code, string Said)> FailConfinedAsync(
        Assembly assembly, string home, IEnumerable<string> capabilities, params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return FailAsync(Confined(assembly, home, capabilities, settings));
    }

    private static async Task<ServiceProcess> StartAsync(ProcessStartInfo start)
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var service = new ServiceProcess(Process.Start(start)!);
        service._process.OutputDataReceived += (_, line) =>
        {
            if (line.Data?.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and var at)
            {
                listening.TrySetResult(new Uri(line.Data[(at + Listening.Length)..]));
            }
        };
        service._process.ErrorDataReceived += (_, _) => { };
        service._process.BeginOutputReadLine();
        service._process.BeginErrorReadLine();
        service.Address = await listening.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await service.ReadyAsync();
        return service;
    }

    /// <summary>Starts the service where it cannot start; answers its exit code and what it said.</summary>
    public static Task<(int Code, string Said)> FailAsync(Assembly assembly, params IEnumerable<KeyValuePair<string, string?>> settings)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return FailAsync(Command(assembly.Location, settings));
    }

    private static async Task<(int Code, string Said)> FailAsync(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var said = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, string.Concat(said));
    }

    /// <summary>A client whose requests come from the caller.</summary>
    public HttpClient ClientFor(CallerIdentity caller) => new HttpClient { BaseAddress = Address }.As(caller);

    /// <summary>Ends it without a word.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Ends it as an operating system's service manager does, unless it has ended already.</summary>
    public async Task StopAsync()
    {
        if (_process.HasExited)
        {
            return;
        }

        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await _process.WaitForExitAsync(limit.Token);
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Command(string program, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var start = new ProcessStartInfo("dotnet", [program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetDirectoryName(program)!,
        };
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment["Identity__Key"] = TestIdentity.Key;
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["Logging__LogLevel__Microsoft.Hosting.Lifetime"] = "Information";
        foreach (var (key, value) in settings)
        {
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return start;
    }

    private static ProcessStartInfo Confined(Assembly assembly, string home, IEnumerable<string> capabilities, IEnumerable<KeyValuePair<string, string?>> settings)
    {
        var copy = Path.Combine(home, "service");
        if (!Directory.Exists(copy))
        {
            CopyFolder(Path.GetDirectoryName(assembly.Location)!, copy);
        }

        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(home, File.GetUnixFileMode(home) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        }

        var start = Command(Path.Combine(copy, Path.GetFileName(assembly.Location)), settings);
        start.ArgumentList.Insert(0, start.FileName);
        start.ArgumentList.Insert(0, "--no-new-privs");
        start.ArgumentList.Insert(0, $"--bounding-set=-all{string.Concat(capabilities.Select(name => $",+{name}"))}");
        start.FileName = "setpriv";
        return start;
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
        {
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        }

        foreach (var file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
        }
    }

    private async Task ReadyAsync()
    {
        using var client = new HttpClient { BaseAddress = Address };
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        for (; ; await Task.Delay(50, limit.Token))
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), limit.Token);
            if (response.IsSuccessStatusCode)
            {
                return;
            }
        }
    }
}
