using System.Collections.Concurrent;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.LearningEvents;
using Lyceum.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.ServiceDefaults.Tests;

public sealed class LearningEventTests
{
    [Fact]
    public async Task Events_wait_for_TelemetryIngest_and_arrive_once_in_order_from_the_service_itself()
    {
        var arrived = new ConcurrentQueue<string>();
        var callers = new ConcurrentQueue<string>();
        var refusals = 2;
        await using var ingest = await SmallService.StartAsync(map: app => app.MapPost("/telemetry/events", (JsonElement batch, HttpContext context) =>
        {
            if (Interlocked.Decrement(ref refusals) >= 0)
            {
                return Results.StatusCode(503);
            }

            callers.Enqueue(context.User.Caller().Subject);
            foreach (var sent in batch.GetProperty("events").EnumerateArray())
            {
                arrived.Enqueue(sent.GetProperty("notebook").GetString()!);
            }

            return Results.Ok();
        }));
        await using var app = await SmallService.StartAsync(
            builder => builder.AddLearningEvents(),
            settings: new KeyValuePair<string, string?>("services:telemetryingest:http:0", ingest.Address()));

        var sender = app.Services.GetRequiredService<LearningEventSender>();
        string[] expected = [.. Enumerable.Range(0, 500).Select(i => $"{i}.ipynb")];
        foreach (var notebook in expected)
        {
            Assert.True(sender.TrySend(new LearningEvent { Id = Guid.CreateVersion7(), Time = TimeProvider.System.GetUtcNow(), Type = "CellExecute", Notebook = notebook }));
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (arrived.Count < expected.Length)
        {
            await Task.Delay(20, limit.Token);
        }

        Assert.Equal(expected, arrived);
        Assert.All(callers, caller => Assert.Equal("service:small", caller));
    }

    [Fact]
    public async Task Beyond_its_capacity_the_queue_drops_rather_than_grows()
    {
        await using var app = await SmallService.StartAsync(
            builder => builder.AddLearningEvents(),
            settings: new KeyValuePair<string, string?>("services:telemetryingest:http:0", "http://127.0.0.1:9"));
        var sender = app.Services.GetRequiredService<LearningEventSender>();
        var taken = Enumerable.Range(0, 2 * LearningEventSender.Capacity).Count(_ => sender.TrySend(
            new LearningEvent { Id = Guid.CreateVersion7(), Time = TimeProvider.System.GetUtcNow(), Type = "CellExecute" }));
        Assert.InRange(taken, LearningEventSender.Capacity, LearningEventSender.Capacity + 1000);
    }
}
