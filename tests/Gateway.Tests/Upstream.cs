using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Lyceum.Gateway.Tests;

/// <summary>A service at the wire: says what reached it, streams when asked, echoes WebSockets.</summary>
public sealed class Upstream : IAsyncDisposable
{
    private static readonly IdentityTokens Tokens = new(TestIdentity.Key, IdentityTokens.InternalPurpose, "upstream", TimeSpan.FromMinutes(5), TimeProvider.System);

    private readonly WebApplication _app;
    private int _requests;

    public Upstream()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.UseWebSockets();
        _app.Run(AnswerAsync);
    }

    /// <summary>Lets the streaming answer go on to its second part.</summary>
    public SemaphoreSlim SecondPart { get; } = new(0);

    /// <summary>How many requests have reached it.</summary>
    public int Requests => _requests;

    /// <summary>What services were asked to forget.</summary>
    public ConcurrentQueue<(string Path, JsonElement Body)> Erasures { get; } = [];

    /// <summary>The learning events that Gateway itself has sent.</summary>
    public ConcurrentQueue<JsonElement> Events { get; } = [];

    /// <summary>How many times from now on a service does not forget.</summary>
    public int ErasuresToFail { get; set; }

    public Uri Address => new(_app.Urls.First());

    public Task StartAsync() => _app.StartAsync();

    /// <summary>What Gateway has sent of a learner, once there is as much as that.</summary>
    public async Task<List<JsonElement>> EventsOfAsync(string learner, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var sent = Events.Where(one => one.GetProperty("learner").GetString() == learner).ToList();
            if (sent.Count >= count)
            {
                return sent;
            }

            await Task.Delay(50, limit.Token);
        }
    }

    public async ValueTask DisposeAsync()
    {
        SecondPart.Dispose();
        await _app.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (context.WebSockets.IsWebSocketRequest)
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault());
            var buffer = new byte[1024];
            var received = await socket.ReceiveAsync(buffer.AsMemory(), context.RequestAborted);
            await socket.SendAsync(buffer.AsMemory(0, received.Count), WebSocketMessageType.Text, true, context.RequestAborted);
            await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
        }
        else if (context.Request.Path.Value!.EndsWith("/stream", StringComparison.Ordinal))
        {
            await context.Response.WriteAsync("first\n");
            await context.Response.Body.FlushAsync();
            await SecondPart.WaitAsync(context.RequestAborted);
            await context.Response.WriteAsync("second\n");
        }
        else if (context.Request.Path == "/telemetry/events" && Tokens.Read(context.Request.Headers[IdentityHeader.Name]) is { } caller && caller.Roles.Contains(Roles.Service))
        {
            var batch = await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body);
            foreach (var sent in batch.GetProperty("events").EnumerateArray())
            {
                Events.Enqueue(sent.Clone());
            }

            await context.Response.WriteAsJsonAsync(new { accepted = batch.GetProperty("events").GetArrayLength() });
        }
        else if (context.Request.Path.Value.EndsWith("/erasures", StringComparison.Ordinal) && context.Request.Path.Value.Count(unit => unit == '/') == 2)
        {
            Erasures.Enqueue((context.Request.Path, await JsonSerializer.DeserializeAsync<JsonElement>(context.Request.Body)));
            context.Response.StatusCode = ErasuresToFail-- > 0 ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
            await context.Response.WriteAsJsonAsync(new { removed = new Dictionary<string, long> { ["events"] = 3 } });
        }
        else
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            await context.Response.WriteAsJsonAsync(new Seen(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        }
    }
}

/// <summary>What reached the upstream.</summary>
public sealed record Seen(string Method, string Target, Dictionary<string, string> Headers);
