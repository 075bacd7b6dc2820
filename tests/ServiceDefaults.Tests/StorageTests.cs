using System.Diagnostics;
using System.Net;
using Lyceum.ServiceDefaults.Storage;
using Lyceum.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using StackExchange.Redis;

namespace Lyceum.ServiceDefaults.Tests;

public sealed class StorageTests(PostgresServer postgres) : IClassFixture<PostgresServer>
{
    [Fact]
    public async Task Replicas_that_start_together_apply_each_schema_change_once()
    {
        var connectionString = await postgres.CreateDatabaseAsync();
        var replicas = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => StartAsync(connectionString)));
        foreach (var replica in replicas)
        {
            await BecomesAsync(replica, HttpStatusCode.OK);
        }

        await using var command = replicas[0].Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT count(*) FROM counted");
        Assert.Equal(1L, await command.ExecuteScalarAsync());
        foreach (var replica in replicas)
        {
            await replica.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_service_waits_for_its_database_and_is_ready_once_it_is_there()
    {
        await using var own = new OwnPostgres();
        await own.Server.InitializeAsync();
        var connectionString = await own.Server.CreateDatabaseAsync();
        await own.Server.StopAsync();
        await using var app = await StartAsync(connectionString);
        await BecomesAsync(app, HttpStatusCode.ServiceUnavailable);
        await own.Server.StartAsync();
        await BecomesAsync(app, HttpStatusCode.OK);
    }

    [Fact]
    public async Task Readiness_follows_Redis()
    {
        var port = LoopbackPort.Unused();
        using var redis = StartRedis(port);
        await using var app = await SmallService.StartAsync(
            builder => builder.AddRedisClient("redis"),
            settings: new KeyValuePair<string, string?>("ConnectionStrings:redis", $"127.0.0.1:{port},connectTimeout=500,syncTimeout=500"));
        await BecomesAsync(app, HttpStatusCode.OK);

        var database = app.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();
        await database.StringSetAsync("key", "value");
        Assert.Equal("value", await database.StringGetAsync("key"));

        redis.Kill();
        await redis.WaitForExitAsync();
        await BecomesAsync(app, HttpStatusCode.ServiceUnavailable);
        using var again = StartRedis(port);
        await BecomesAsync(app, HttpStatusCode.OK);
        again.Kill();
        await again.WaitForExitAsync();
    }

    private static Task<WebApplication> StartAsync(string connectionString) => SmallService.StartAsync(
        builder =>
        {
            builder.AddNpgsqlDataSource("testdb");
            builder.AddDatabaseSchema();
        },
        settings: new KeyValuePair<string, string?>("ConnectionStrings:testdb", connectionString));

    private static async Task BecomesAsync(WebApplication app, HttpStatusCode status)
    {
        using var client = app.Client();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var response = await client.GetAsync(new Uri("/health", UriKind.Relative), limit.Token);
            if (response.StatusCode == status)
            {
                return;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    private static Process StartRedis(int port) => Process.Start(new ProcessStartInfo(
        "redis-server", ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]) { RedirectStandardOutput = true })!;

    private sealed class OwnPostgres : IAsyncDisposable
    {
        public PostgresServer Server { get; } = new();

        public async ValueTask DisposeAsync() => await Server.DisposeAsync();
    }
}
