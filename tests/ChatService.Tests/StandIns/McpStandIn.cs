using System.Collections.Concurrent;
using System.ComponentModel;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;

namespace Lyceum.ChatService.Tests.StandIns;

/// <summary>Somebody else's server of the Model Context Protocol, on a real port.</summary>
public sealed class McpStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;

    public McpStandIn(int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls($"http://127.0.0.1:{port}");
        builder.Services.AddMcpServer().WithHttpTransport().WithTools(
        [
            McpServerTool.Create(Add, new() { Name = "add", ReadOnly = true }),
            McpServerTool.Create(Write, new() { Name = "write" }),
            McpServerTool.Create(Flood, new() { Name = "flood", ReadOnly = true }),
            McpServerTool.Create(WaitAsync, new() { Name = "wait", ReadOnly = true }),
            McpServerTool.Create(Fail, new() { Name = "fail", ReadOnly = true }),
        ]);
        _app = builder.Build();
        _app.Use(async (context, next) =>
        {
            Headers.Enqueue(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
            await next(context);
        });
        _app.MapMcp("/mcp");
    }

    public ConcurrentQueue<IReadOnlyDictionary<string, string>> Headers { get; } = [];

    public ConcurrentQueue<string> Written { get; } = [];

    /// <summary>Calls of <c>wait</c>.</summary>
    public Held Held { get; } = new();

    public string Address => _app.Urls.Single();

    public Task StartAsync() => _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    [Description("Adds two numbers.")]
    private static int Add(int a, int b = 1) => a + b;

    [Description("Writes a line.")]
    private string Write(string line)
    {
        Written.Enqueue(line);
        return "written";
    }

    private async Task<string> WaitAsync(CancellationToken cancellationToken)
    {
        Held.Waiting.TrySetResult();
        await Held.GoOn.Task.WaitAsync(cancellationToken);
        return "waited";
    }

    private static string Flood() => new('a', 10_000_000);

    private static string Fail() => throw new ModelContextProtocol.McpException("The shelf is empty.");
}
