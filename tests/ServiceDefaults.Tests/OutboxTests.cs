using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Lyceum.ServiceDefaults.LearningEvents;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.ServiceDefaults.Tests;

public sealed class OutboxTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lyceum-outbox-").FullName;
    private readonly ConcurrentQueue<string> _arrived = new();
    private WebApplication _ingest = null!;
    private volatile bool _away;

    public async Task InitializeAsync() => _ingest = await SmallService.StartAsync(map: app => app.MapPost("/telemetry/events", (JsonElement batch) =>
    {
        if (_away)
        {
            return Results.StatusCode(503);
        }

        foreach (var sent in batch.GetProperty("events").EnumerateArray())
        {
            _arrived.Enqueue(sent.GetProperty("notebook").GetString()!);
        }

        return Results.Ok();
    }));

    public async Task DisposeAsync()
    {
        await _ingest.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task What_TelemetryIngest_did_not_take_survives_the_service_sealed_and_arrives_in_order_before_what_is_newer()
    {
        _away = true;
        await using (var first = await StartAsync())
        {
            Send(first, 0, 500);
            await UntilAsync(() => Files().Length > 0);
            Send(first, 500, 700);
            await first.StopAsync();
        }

        Assert.Empty(_arrived);
        Assert.All(Files(), file => Assert.DoesNotContain(".ipynb", Encoding.Latin1.GetString(File.ReadAllBytes(file)), StringComparison.Ordinal));
        await using var second = await StartAsync();
        Send(second, 700, 900);
        _away = false;
        await UntilAsync(() => _arrived.Count >= 900);
        Assert.Equal(Enumerable.Range(0, 900).Select(i => $"{i}.ipynb"), _arrived);
        await UntilAsync(() => Files().Length == 0);
    }

    [Fact]
    public async Task Two_processes_have_a_folder_each_and_the_next_takes_over_what_both_left()
    {
        _away = true;
        await using (var one = await StartAsync())
        await using (var other = await StartAsync())
        {
            Send(one, 0, 10);
            Send(other, 10, 20);
            await UntilAsync(() => Files().Select(Path.GetDirectoryName).Distinct().Count() == 2);
        }

        _away = false;
        await using var next = await StartAsync();
        await UntilAsync(() => _arrived.Count >= 20);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => $"{i}.ipynb").Order(), _arrived.Order());
    }

    [Fact]
    public async Task No_more_bytes_wait_than_may_and_the_oldest_stay()
    {
        _away = true;
        await using (var app = await StartAsync(maxBytes: "65536"))
        {
            for (var i = 0; i < 10; i++)
            {
                Send(app, i * 100, (i + 1) * 100);
                await UntilAsync(() => Files().Length > 0);
            }

            await app.StopAsync();
        }

        Assert.InRange(Files().Sum(file => new FileInfo(file).Length), 1, 65536);
        _away = false;
        await using var next = await StartAsync();
        await UntilAsync(() => Files().Length == 0);
        Assert.InRange(_arrived.Count, 100, 900);
        Assert.Equal("0.ipynb", _arrived.First());
        Assert.Equal(_arrived.OrderBy(name => int.Parse(name.Split('.')[0], System.Globalization.CultureInfo.InvariantCulture)), _arrived);
    }

    [Fact]
    public async Task What_is_damaged_or_sealed_under_another_key_is_passed_over()
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "0"));
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "000001700000000-000000000.sealed"), new byte[100]);
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "000001700000000-000000001.sealed"), []);
        await using var app = await StartAsync();
        Send(app, 0, 5);
        await UntilAsync(() => _arrived.Count >= 5 && Files().Length == 0);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_stops_the_start_and_says_what_to_write()
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, "");
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(folder: file));
        Assert.Contains("LearningEvents:Folder", failure.Message, StringComparison.Ordinal);
    }

    private string[] Files() => Directory.GetFiles(_folder, "*.sealed", SearchOption.AllDirectories);

    private Task<WebApplication> StartAsync(string? folder = null, string? maxBytes = null) => SmallService.StartAsync(
        builder => builder.AddLearningEvents(),
        settings: [new("services:telemetryingest:http:0", _ingest.Address()), new("LearningEvents:Folder", folder ?? _folder), new("LearningEvents:MaxBytes", maxBytes ?? "1000000")]);

    private static void Send(WebApplication app, int from, int to)
    {
        var sender = app.Services.GetRequiredService<LearningEventSender>();
        for (var i = from; i < to; i++)
        {
            Assert.True(sender.TrySend(new LearningEvent { Id = Guid.CreateVersion7(), Time = TimeProvider.System.GetUtcNow(), Type = "CellExecute", Notebook = $"{i}.ipynb" }));
        }
    }

    private static async Task UntilAsync(Func<bool> isSo)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!isSo())
        {
            await Task.Delay(20, limit.Token);
        }
    }
}
