using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lyceum.EndToEnd.Tests;

/// <summary>A model node that wants code run which does not end before it is let go, and says then what came of it.</summary>
internal sealed class CallingNode : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private CallingNode()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/api/version", () => Results.Json(new { version = "0.0.0-calling" }));
        _app.MapGet("/api/tags", () => Results.Json(new { models = new[] { new { name = "calling:latest" } } }));
        _app.MapGet("/api/ps", () => Results.Json(new { models = Array.Empty<object>() }));
        _app.MapGet("/go", async (HttpContext context) =>
        {
            await _go.Task.WaitAsync(context.RequestAborted);
            return "went";
        });
        _app.MapPost("/api/chat", AnswerAsync);
    }

    public string Address => _app.Urls.Single();

    public static async Task<CallingNode> StartAsync()
    {
        var node = new CallingNode();
        await node._app.StartAsync();
        return node;
    }

    /// <summary>Lets the code end that was run.</summary>
    public void LetGo() => _go.TrySetResult();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var asked = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var last = asked.RootElement.GetProperty("messages").EnumerateArray().Last();
        var code = $"import urllib.request\nprint(urllib.request.urlopen('{Address}/go').read().decode())";
        object message = last.GetProperty("role").GetString() == "tool"
            ? new { role = "assistant", content = last.GetProperty("content").GetString()!.Contains("went", StringComparison.Ordinal) ? "It went." : "It did not run." }
            : new { role = "assistant", content = "", tool_calls = new[] { new { function = new { name = "run_code", arguments = new { language = "Python", code } } } } };
        context.Response.ContentType = "application/x-ndjson";
        await context.Response.WriteAsync(JsonSerializer.Serialize(new { model = "calling:latest", message, done = false }) + "\n", context.RequestAborted);
        await context.Response.WriteAsync(
            """{"model":"calling:latest","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":1,"eval_count":1}""" + "\n", context.RequestAborted);
    }
}
