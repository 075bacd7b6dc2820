using System.Text.Json;
using System.Threading.Channels;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lyceum.ChatService.Tests.StandIns;

/// <summary>Answers what ChatService asks TelemetryIngest, and keeps the learning events that it is sent.</summary>
public sealed class TelemetryStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<JsonElement> _events = Channel.CreateUnbounded<JsonElement>();

    public TelemetryStandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/telemetry/learners/me/last-error", async context =>
        {
            AskedFor = context.Request.QueryString.Value;
            AskedBy = context.Request.Headers[IdentityHeader.Name];
            await LastError(context);
        });
        _app.MapGet("/telemetry/learners/me/activity", context => Activity(context));
        _app.MapPost("/telemetry/events", async context =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            foreach (var learningEvent in body.RootElement.GetProperty("events").EnumerateArray())
            {
                _events.Writer.TryWrite(learningEvent.Clone());
            }
        });
    }

    public Func<HttpContext, Task> LastError { get; set; } = None;

    public Func<HttpContext, Task> Activity { get; set; } = None;

    public string? AskedFor { get; private set; }

    public string? AskedBy { get; private set; }

    public string Address => _app.Urls.Single();

    public Task StartAsync() => _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public async Task<JsonElement> NextEventAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return await _events.Reader.ReadAsync(limit.Token);
    }

    public static Func<HttpContext, Task> Is(object error) => context => context.Response.WriteAsJsonAsync(error);

    public static Task None(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Holds the request until its caller has gone.</summary>
    public static async Task Hangs(HttpContext context)
    {
        var gone = new TaskCompletionSource();
        using var registration = context.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }
}
