using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lyceum.ModelHost.Tests;

/// <summary>A node that fails on the wire as a test says: what no healthy engine can be made to do.</summary>
public sealed class ScriptedNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedNode(WebApplication app) => _app = app;

    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>The requests that came, probes aside.</summary>
    public ConcurrentQueue<(IHeaderDictionary Headers, string Body, string Path)> Requests { get; } = new();

    public static async Task<ScriptedNode> StartAsync(RequestDelegate answer, string model = "tiny:latest")
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var node = new ScriptedNode(builder.Build());
        node._app.MapGet("/api/version", () => "{\"version\":\"0.9.9\"}");
        node._app.MapGet("/api/tags", () => $$"""{"models":[{"name":"{{model}}","model":"{{model}}","details":{},"surprise":[1]}]}""");
        node._app.MapGet("/api/ps", () => "{\"models\":[]}");
        node._app.MapGet("/v1/models", () => $$"""{"object":"list","data":[{"id":"{{model}}","object":"model","created":1700000000,"owned_by":"vllm","max_model_len":4096}]}""");
        node._app.MapFallback(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            node.Requests.Enqueue((new HeaderDictionary(context.Request.Headers.ToDictionary()), await reader.ReadToEndAsync(), context.Request.Path));
            await answer(context);
        });
        await node._app.StartAsync();
        return node;
    }

    /// <summary>Sends text as a stream, and leaves the answer open.</summary>
    public static async Task SendAsync(HttpContext context, string text, string type = "application/x-ndjson")
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = type;
        }

        await context.Response.WriteAsync(text);
        await context.Response.Body.FlushAsync();
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
