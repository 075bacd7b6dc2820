using System.Globalization;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Accounts;

/// <summary>Where the service runs, as root with no more capabilities than the documentation names, and gives each user's kernels an account.</summary>
internal sealed class AccountsMachine : IDisposable
{
    public const int First = 321_000;

    private static readonly string[] Capabilities = ["chown", "dac_override", "fowner", "kill", "setgid", "setuid"];

    private readonly string _home = Directory.CreateTempSubdirectory("lyceum-accounts-").FullName;

    public string Workspaces => Path.Combine(_home, "workspaces");

    public string Courses => Path.Combine(_home, "courses");

    public string Kept => Path.Combine(_home, "kept");

    public string WorkspaceOf(CallerIdentity caller) => Path.Combine(Workspaces, caller.Subject);

    public async Task<ServiceProcess> StartAsync(params (string Key, string? Value)[] settings) =>
        new(await Testing.ServiceProcess.StartConfinedAsync(typeof(Program).Assembly, _home, Capabilities, With(settings)));

    public Task<(int Code, string Said)> FailAsync(string? without = null, params (string Key, string? Value)[] settings) =>
        Testing.ServiceProcess.FailConfinedAsync(typeof(Program).Assembly, _home, Capabilities.Where(name => name != without), With(settings));

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private IEnumerable<KeyValuePair<string, string?>> With((string Key, string? Value)[] settings) =>
    [
        new("Workspaces:Root", Workspaces),
        new("Contents:CoursesRoot", Courses),
        new("Kernels:Transport", "ipc"),
        new("Kernels:Accounts:First", First.ToString(CultureInfo.InvariantCulture)),
        new("Kernels:Accounts:Count", "10"),
        .. settings.Select(setting => KeyValuePair.Create(setting.Key, setting.Value)),
    ];
}
