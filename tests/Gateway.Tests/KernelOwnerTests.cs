using System.Net;
using System.Net.WebSockets;
using Lyceum.ServiceDefaults.Replicas;
using Lyceum.Testing;
using StackExchange.Redis;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed class KernelOwnerTests(GatewayApplication application) : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private readonly Upstream _any = new();
    private readonly Upstream _owner = new();
    private ServiceUnderTest<Program> _gateway = null!;
    private ConnectionMultiplexer _connection = null!;

    public async Task InitializeAsync()
    {
        await Task.WhenAll(_redis.StartAsync(), _any.StartAsync(), _owner.StartAsync());
        _gateway = await new ServiceUnderTest<Program>([
            new("ConnectionStrings:gatewaydb", await application.Postgres.CreateDatabaseAsync()),
            new("ConnectionStrings:redis", _redis.ConnectionString),
            new("Accounts:OwnerToken", GatewayApplication.OwnerToken),
            new("Accounts:LearnerKey", "a learner key for tests, 32 characters"),
            new("services:kernelservice:http:0", _any.Address.ToString()),
        ]).StartedAsync();
        _connection = await ConnectionMultiplexer.ConnectAsync(_redis.ConnectionString);
        var directory = new ReplicaDirectory(_connection);
        await directory.RenewAsync("b", _owner.Address, TimeSpan.FromMinutes(5));
        await directory.ClaimAsync(ReplicaDirectory.Kernels, "k-1", "b");
        await directory.ClaimAsync(ReplicaDirectory.Sessions, "s-1", "b");
        await directory.ClaimAsync(ReplicaDirectory.Kernels, "k-lost", "gone");
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _connection.DisposeAsync();
        await _redis.DisposeAsync();
        await _any.DisposeAsync();
        await _owner.DisposeAsync();
    }

    [Fact]
    public async Task What_is_about_a_kernel_or_session_goes_to_the_replica_that_has_it_and_all_else_to_any()
    {
        foreach (var path in new[] { "/api/kernels/k-1", "/api/kernels/k-1/interrupt?x=1", "/api/sessions/s-1" })
        {
            Assert.Equal((path, 1, 0), await ReachesAsync(path));
        }

        foreach (var path in new[] { "/api/kernels", "/api/kernels/", "/api/kernels/k-2", "/api/kernels/k-lost", "/api/sessions", "/api/contents/k-1", "/api/kernelspecs/k-1" })
        {
            Assert.Equal((path, 0, 1), await ReachesAsync(path));
        }

        // The WebSocket, too.
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"token {GatewayApplication.OwnerToken}");
        using var client = _gateway.CreateClient();
        var before = _owner.Requests;
        await socket.ConnectAsync(new UriBuilder(client.BaseAddress!) { Scheme = "ws", Path = "/api/kernels/k-1/channels" }.Uri, default);
        Assert.Equal(before + 1, _owner.Requests);

        // A replica says what became of a kernel; without Redis any of them gets the request.
        await _redis.KillAsync();
        Assert.Equal(("/api/kernels/k-1", 0, 1), await ReachesAsync("/api/kernels/k-1"));
        using var ready = await client.GetAsync(new Uri("/health", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
    }

    private async Task<(string Path, int Owner, int Any)> ReachesAsync(string path)
    {
        using var client = _gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", GatewayApplication.OwnerToken);
        var (owner, any) = (_owner.Requests, _any.Requests);
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (path, _owner.Requests - owner, _any.Requests - any);
    }
}
