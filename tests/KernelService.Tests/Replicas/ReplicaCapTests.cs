using System.Net;
using System.Net.Http.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests.Replicas;

/// <summary>Two replicas of a service that may have three kernels, two of them of one user.</summary>
public sealed class ReplicaCapTests : IAsyncLifetime
{
    private static readonly CallerIdentity Sam = KernelServiceFixture.Sam;
    private static readonly CallerIdentity Eve = TestIdentity.Student("eve");
    private readonly RedisServer _redis = new();
    private readonly string _workspaces = Directory.CreateTempSubdirectory("lyceum-workspaces-").FullName;
    private readonly List<ServiceProcess> _replicas = [];

    public async Task InitializeAsync()
    {
        await _redis.StartAsync();
        _replicas.AddRange(await Task.WhenAll(StartAsync(), StartAsync()));
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_replicas.Select(replica => replica.DisposeAsync().AsTask()));
        await _redis.DisposeAsync();
        Directory.Delete(_workspaces, recursive: true);
    }

    [Fact]
    public async Task Caps_hold_over_all_replicas_also_for_starts_at_the_same_time()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 8).Select(start => StartKernelAsync(start % 2, Sam)));
        Assert.Equal(2, starts.Count(status => status == HttpStatusCode.Created));
        Assert.Equal(6, starts.Count(status => status == HttpStatusCode.Forbidden));

        Assert.Equal(HttpStatusCode.Created, await StartKernelAsync(1, Eve));
        foreach (var replica in new[] { 0, 1 })
        {
            using var eve = _replicas[replica].ClientOf(Eve);
            using var refused = await eve.PostAsJsonAsync(JupyterRest.Path("/api/kernels"), new { name = "python3" });
            Assert.Contains("All 3 kernels", await refused.AssertErrorAsync(HttpStatusCode.ServiceUnavailable), StringComparison.Ordinal);
        }

        // A seat that was given back, by way of whichever replica, is anybody's.
        using var sam = _replicas[0].ClientOf(Sam);
        using var ended = await sam.DeleteAsync(JupyterRest.Path($"/api/kernels/{(await KernelsAsync(0, Sam))[0]}"));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Created, await StartKernelAsync(1, Sam));
    }

    [Fact]
    public async Task Kernels_of_a_replica_that_was_killed_count_until_its_lease_has_run_out()
    {
        Assert.Equal(HttpStatusCode.Created, await StartKernelAsync(1, Sam));
        Assert.Equal(HttpStatusCode.Created, await StartKernelAsync(1, Sam));
        Assert.Equal(HttpStatusCode.Forbidden, await StartKernelAsync(0, Sam));
        await _replicas[1].KillAsync();

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        HttpStatusCode status;
        while ((status = await StartKernelAsync(0, Sam)) != HttpStatusCode.Created)
        {
            Assert.Equal(HttpStatusCode.Forbidden, status);
            await Task.Delay(100, limit.Token);
        }

        Assert.Equal(HttpStatusCode.Created, await StartKernelAsync(0, Sam));
        Assert.Equal(HttpStatusCode.Forbidden, await StartKernelAsync(0, Sam));
    }

    [Fact]
    public async Task Without_Redis_each_replica_counts_its_own_and_afterwards_all_count_again()
    {
        Assert.Equal(HttpStatusCode.Created, await StartKernelAsync(0, Sam));
        Assert.Equal(HttpStatusCode.Created, await StartKernelAsync(0, Sam));
        await _redis.KillAsync();
        Assert.Equal(HttpStatusCode.Forbidden, await StartKernelAsync(0, Sam));
        Assert.Equal(HttpStatusCode.Created, await StartKernelAsync(1, Sam));

        // A new one, which has forgotten everything, until each replica has said what it has.
        await _redis.StartAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await KernelsAsync(0, Sam)).Length < 3 || (await KernelsAsync(1, Sam)).Length < 3)
        {
            await Task.Delay(100, limit.Token);
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StartKernelAsync(1, Sam));
        using var sam = _replicas[1].ClientOf(Sam);
        using var ended = await sam.DeleteAsync(JupyterRest.Path($"/api/kernels/{(await KernelsAsync(0, Sam))[0]}"));
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, await StartKernelAsync(1, Sam));
        Assert.Equal(HttpStatusCode.Created, await StartKernelAsync(1, Eve));
    }

    private async Task<HttpStatusCode> StartKernelAsync(int replica, CallerIdentity caller)
    {
        using var client = _replicas[replica].ClientOf(caller);
        using var response = await client.PostAsJsonAsync(JupyterRest.Path("/api/kernels"), new { name = "python3" });
        return response.StatusCode;
    }

    private async Task<string[]> KernelsAsync(int replica, CallerIdentity caller)
    {
        using var client = _replicas[replica].ClientOf(caller);
        return [.. (await client.GetArrayAsync("/api/kernels")).Select(kernel => kernel!["id"]!.GetValue<string>())];
    }

    private Task<ServiceProcess> StartAsync() => ServiceProcess.StartAsync(
        ("Workspaces:Root", _workspaces), ("ConnectionStrings:redis", _redis.ConnectionString), ("Replicas:Lease", "00:00:03"),
        ("WarmKernels:Size", "0"), ("Kernels:Max", "3"), ("Kernels:MaxPerUser", "2"));
}
