using Lyceum.KernelService.WarmKernels;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.KernelService.Tests;

/// <summary>The service on a real port with real kernels, a workspace folder of its own, and a listener where TelemetryIngest would be.</summary>
public class KernelServiceFixture : IAsyncLifetime
{
    private readonly string _workspaces = Directory.CreateTempSubdirectory("lyceum-workspaces-").FullName;
    private ServiceUnderTest<Program>? _service;

    public static CallerIdentity Sam { get; } = TestIdentity.Student("sam");

    internal TelemetryListener Telemetry { get; } = new();

    protected virtual IEnumerable<KeyValuePair<string, string?>> Settings => [];

    public HttpClient ClientOf(CallerIdentity caller) => _service!.ClientFor(caller);

    public HttpClient Anonymous() => _service!.CreateClient();

    public string WorkspaceOf(CallerIdentity caller) => Path.Combine(_workspaces, caller.Subject);

    public Uri Address
    {
        get
        {
            using var client = Anonymous();
            return client.BaseAddress!;
        }
    }

    /// <summary>How many kernels of the kernelspec wait in the pool; a client cannot see them, and a test has to wait for them.</summary>
    internal int WarmCount(string spec) => _service!.Services.GetRequiredService<WarmKernelPool>().Waiting(spec);

    public async Task InitializeAsync()
    {
        await Telemetry.StartAsync();
        _service = await new ServiceUnderTest<Program>(
        [
            KeyValuePair.Create("Workspaces:Root", (string?)_workspaces),
            KeyValuePair.Create("services:telemetryingest:http:0", (string?)Telemetry.Address),
            KeyValuePair.Create("ConnectionStrings:secretdb", (string?)"Password=do not tell"),
            .. Settings,
        ]).StartedAsync();
    }

    public async Task DisposeAsync()
    {
        await _service!.DisposeAsync();
        await Telemetry.DisposeAsync();
        Directory.Delete(_workspaces, recursive: true);
    }
}
