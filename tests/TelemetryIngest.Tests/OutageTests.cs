using System.Collections.Concurrent;
using System.Net;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class OutageTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    [Fact]
    public async Task While_PostgreSQL_is_away_events_are_answered_503_and_nothing_is_half_stored()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        object[] batch = [.. Enumerable.Range(0, 20).Select(_ => Sent.Execution(Now))];
        await client.SendAsync(batch[..10]).IngestedAsync();

        await app.Postgres.StopAsync();
        try
        {
            using var away = await client.SendAsync(batch);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
            Assert.NotNull(away.Headers.RetryAfter);
            Assert.Contains("database is away", await away.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            foreach (var path in new[] { $"courses/{course}/activity", $"courses/{course}/activity/stream", "learners/me/last-error" })
            {
                using var unread = await instructor.GetAsync($"/telemetry/{path}");
                Assert.Equal(HttpStatusCode.ServiceUnavailable, unread.StatusCode);
                Assert.NotNull(unread.Headers.RetryAfter);
            }
        }
        finally
        {
            await app.Postgres.StartAsync();
        }

        Assert.Equal((10, 10, ""), await client.SendAsync(batch).IngestedAsync());
    }

    [Fact]
    public async Task Every_acknowledged_event_is_there_exactly_once_after_PostgreSQL_was_stopped_and_started_under_load()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        var acknowledged = new ConcurrentBag<Guid>();
        var failures = 0;
        using var enough = new CancellationTokenSource();

        async Task SendAsync()
        {
            while (!enough.IsCancellationRequested)
            {
                var batch = Enumerable.Range(0, 5).Select(_ => Sent.Execution(Now)).ToArray();
                for (var tries = 0; tries < 1000; tries++)
                {
                    using var response = await client.SendAsync(batch);
                    if (response.IsSuccessStatusCode)
                    {
                        var result = await response.JsonAsync();
                        Assert.Equal(5, result.GetProperty("accepted").GetInt32() + result.GetProperty("duplicates").GetInt32());
                        Array.ForEach(batch, one => acknowledged.Add((Guid)one["id"]!));
                        break;
                    }

                    Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
                    Interlocked.Increment(ref failures);
                }
            }
        }

        var senders = Enumerable.Range(0, 16).Select(_ => Task.Run(SendAsync)).ToArray();
        for (var outage = 0; outage < 3; outage++)
        {
            var before = acknowledged.Count;
            await Calls.UntilAsync(() => Task.FromResult(acknowledged.Count > before + 200), TimeSpan.FromSeconds(30));
            await app.Postgres.StopAsync();
            var failed = failures;
            await Calls.UntilAsync(() => Task.FromResult(failures > failed), TimeSpan.FromSeconds(30));
            await app.Postgres.StartAsync();
        }

        var last = acknowledged.Count;
        await Calls.UntilAsync(() => Task.FromResult(acknowledged.Count > last + 200), TimeSpan.FromSeconds(30));
        await enough.CancelAsync();
        await Task.WhenAll(senders);

        await using var data = NpgsqlDataSource.Create(app.Database);
        Assert.Equal(acknowledged.Count, acknowledged.Distinct().Count());
        Assert.Equal(acknowledged.Count, await data.OneAsync<long>("SELECT count(*) FROM events WHERE id = ANY ($1)", acknowledged.ToArray()));
        Assert.Equal(acknowledged.Count, await data.OneAsync<long>("SELECT count(*) FROM events WHERE course = $1", course));
    }

    [Fact]
    public async Task A_live_stream_goes_on_after_PostgreSQL_was_away()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student("sam", course));
        using var instructor = app.ClientFor(TestIdentity.Instructor(course: course));
        await using var stream = await LiveStream.OpenAsync(instructor, course);
        await stream.NextAsync("activity");
        await app.Postgres.StopAsync();
        await app.Postgres.StartAsync();

        var sent = Sent.Execution(Now);
        await Calls.UntilAsync(
            async () =>
            {
                using var response = await client.SendAsync(sent);
                return response.IsSuccessStatusCode;
            },
            TimeSpan.FromSeconds(60));
        var row = await stream.NextAsync("learner");
        Assert.Equal(1, row.GetProperty("executions").GetInt32());

        // And without a reload, by the notices alone, once it listens again.
        await client.SendAsync(Sent.Execution(Now, "NameError")).IngestedAsync();
        await stream.NextAsync("learner", next => next.GetProperty("failures").GetInt32() == 1);
    }
}
