using System.Net;
using System.Text.Json;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class OverloadTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task More_requests_than_may_wait_are_turned_away_and_those_that_wait_are_stored()
    {
        var (service, data) = await app.AloneAsync(new("Events:MaxWaiting", "2"), new("Events:MaxGroup", "1"));
        await using (service)
        await using (data)
        {
            using var client = service.ClientFor(TestIdentity.Student());
            await using var holder = await data.OpenConnectionAsync();
            await using var hold = await holder.BeginTransactionAsync();
            await using (var command = new NpgsqlCommand("LOCK TABLE events IN EXCLUSIVE MODE", holder, hold))
            {
                await command.ExecuteNonQueryAsync();
            }

            // One at most is being stored and two wait, so of five at least two are answered while the table is held.
            var requests = Enumerable.Range(0, 5).Select(_ => client.SendAsync(Sent.Execution(Now))).ToList();
            await Calls.UntilAsync(() => Task.FromResult(requests.Count(request => request.IsCompleted) >= 2), TimeSpan.FromSeconds(60));
            foreach (var response in await Task.WhenAll(requests.Where(request => request.IsCompleted)))
            {
                Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                Assert.NotNull(response.Headers.RetryAfter);
            }

            await hold.RollbackAsync();
            var stored = (await Task.WhenAll(requests)).Count(response => response.IsSuccessStatusCode);
            Assert.InRange(stored, 2, 3);
            Assert.Equal(stored, await data.OneAsync<long>("SELECT count(*) FROM events"));
        }
    }

    [Fact]
    public async Task Bodies_beyond_the_memory_for_them_are_turned_away()
    {
        var (service, data) = await app.AloneAsync(new KeyValuePair<string, string?>("Events:MaxBytesInWork", "65536"));
        await using (service)
        await using (data)
        {
            using var client = service.ClientFor(TestIdentity.Student());
            var large = Sent.Event("CellEditEvent", Now, new { doc = new[] { new string('x', 100_000) } });
            using var chunked = await client.SendAsync(large);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, chunked.StatusCode);
            using var announced = await client.SendTextAsync(JsonSerializer.Serialize(new { events = new[] { large } }));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, announced.StatusCode);
            // What was taken comes back.
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal((1, 0, ""), await client.SendAsync(Sent.Execution(Now)).IngestedAsync());
            }
        }
    }
}
