using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lyceum.KernelService.Tests;

/// <summary>Takes learning events off the wire as TelemetryIngest would.</summary>
internal sealed class TelemetryListener : IAsyncDisposable
{
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();
    private readonly WebApplication _app;

    public TelemetryListener()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapPost("/telemetry/events", async (HttpRequest request) =>
        {
            using var body = await JsonDocument.ParseAsync(request.Body);
            foreach (var learningEvent in body.RootElement.GetProperty("events").EnumerateArray())
            {
                await _events.Writer.WriteAsync(learningEvent.Clone());
            }

            return Results.Accepted();
        });
    }

    public string Address => _app.Urls.First();

    public Task StartAsync() => _app.StartAsync();

    /// <summary>The next event about that notebook; others are passed over.</summary>
    public async Task<JsonElement> NextAsync(string notebook)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var learningEvent = await _events.Reader.ReadAsync(limit.Token);
            if (learningEvent.TryGetProperty("notebook", out var path) && path.GetString() == notebook)
            {
                return learningEvent;
            }
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
