using System.Collections.Concurrent;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class KillTests : IAsyncLifetime
{
    private readonly PostgresServer _postgres = new();
    private readonly ConcurrentBag<Guid> _acknowledged = [];
    private volatile HttpClient? _client;
    private string _database = "";

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task Every_acknowledged_event_is_there_exactly_once_after_the_service_and_PostgreSQL_were_killed_under_load()
    {
        _database = await _postgres.CreateDatabaseAsync();
        var service = await StartAsync();
        using var enough = new CancellationTokenSource();
        var senders = Enumerable.Range(0, 12).Select(_ => Task.Run(() => SendAsync(enough.Token))).ToArray();

        for (var i = 0; i < 2; i++)
        {
            await MoreAsync();
            await service.DisposeAsync();
            service = await StartAsync();

            await MoreAsync();
            await _postgres.KillAsync();
            await _postgres.StartAsync();
        }

        await MoreAsync();
        await enough.CancelAsync();
        await Task.WhenAll(senders);
        await service.DisposeAsync();

        await using var data = NpgsqlDataSource.Create(_database + ";Pooling=false");
        Guid[] acknowledged = [.. _acknowledged];
        Assert.Equal(acknowledged.Length, acknowledged.Distinct().Count());
        Assert.Equal(acknowledged.Length, await data.OneAsync<long>("SELECT count(*) FROM events WHERE id = ANY ($1)", acknowledged));
        Assert.Equal(0, await data.OneAsync<long>("SELECT count(*) - count(DISTINCT id) FROM events"));
        Assert.Equal(0, await data.OneAsync<long>("SELECT count(*) FROM events FULL JOIN event_ids USING (id) WHERE type IS NULL OR event_ids IS NULL"));
    }

    private async Task<ServiceProcess> StartAsync()
    {
        var service = await ServiceProcess.StartAsync(typeof(Program).Assembly, new KeyValuePair<string, string?>("ConnectionStrings:telemetrydb", _database));
        _client = service.ClientFor(TestIdentity.Student());
        return service;
    }

    private Task MoreAsync()
    {
        var before = _acknowledged.Count;
        return Calls.UntilAsync(() => Task.FromResult(_acknowledged.Count > before + 300), TimeSpan.FromSeconds(60));
    }

    /// <summary>Sends batch after batch, each until it is acknowledged, as every client of ours does.</summary>
    private async Task SendAsync(CancellationToken enough)
    {
        while (!enough.IsCancellationRequested)
        {
            var batch = Enumerable.Range(0, 5).Select(_ => Sent.Execution(TimeProvider.System.GetUtcNow(), "NameError")).ToArray();
            while (!await TryAsync(batch))
            {
                if (enough.IsCancellationRequested)
                {
                    return;
                }
            }
        }
    }

    private async Task<bool> TryAsync(Dictionary<string, object?>[] batch)
    {
        try
        {
            using var response = await _client!.SendAsync(batch);
            if (!response.IsSuccessStatusCode)
            {
                return false;
            }

            Array.ForEach(batch, one => _acknowledged.Add((Guid)one["id"]!));
            return true;
        }
        catch (HttpRequestException)
        {
            // Killed: the next attempt goes to whoever takes its place.
            await Task.Delay(20);
            return false;
        }
    }
}
