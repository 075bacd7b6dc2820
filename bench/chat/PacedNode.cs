using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lyceum.ChatBench;

/// <summary>A model node that computes nothing: it writes numbered words, at once or at a pace, or waits after the first.</summary>
internal sealed class PacedNode : IAsyncDisposable
{
    private readonly WebApplication _app;

    public PacedNode()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapGet("/api/version", () => Results.Json(new { version = "0.0.0-paced" }));
        _app.MapGet("/api/tags", () => Results.Json(new { models = new[] { new { name = "paced:latest" } } }));
        _app.MapGet("/api/ps", () => Results.Json(new { models = Array.Empty<object>() }));
        _app.MapPost("/api/chat", AnswerAsync);
    }

    public string Address => _app.Urls.Single();

    /// <summary>How many words an answer has.</summary>
    public int Words { get; set; } = 1;

    /// <summary>The time to the first word; none for zero.</summary>
    public TimeSpan Thinks { get; set; }

    /// <summary>The time from one word to the next; none for zero.</summary>
    public TimeSpan Pace { get; set; }

    /// <summary>What an answer waits for after its first word; null for nothing.</summary>
    public TaskCompletionSource? Held { get; set; }

    /// <summary>The whole answer.</summary>
    public string Text => string.Concat(Enumerable.Range(0, Words).Select(Word));

    public Task StartAsync() => _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        if (Thinks > TimeSpan.Zero)
        {
            await Task.Delay(Thinks, TimeProvider.System, context.RequestAborted);
        }

        context.Response.ContentType = "application/x-ndjson";
        for (var i = 0; i < Words; i++)
        {
            await WriteAsync(context, Word(i), done: false);
            if (i == 0 && Held is { } held)
            {
                await held.Task.WaitAsync(context.RequestAborted);
            }

            if (Pace > TimeSpan.Zero)
            {
                await Task.Delay(Pace, TimeProvider.System, context.RequestAborted);
            }
        }

        await WriteAsync(context, "", done: true);
    }

    private static string Word(int i) => string.Create(CultureInfo.InvariantCulture, $"{i} ");

    private static async Task WriteAsync(HttpContext context, string word, bool done)
    {
        var end = done ? ""","done_reason":"stop","prompt_eval_count":1,"eval_count":1""" : "";
        await context.Response.WriteAsync($$"""{"model":"paced:latest","created_at":"2026-01-01T00:00:00Z","message":{"role":"assistant","content":"{{word}}"},"done":{{(done ? "true" : "false")}}{{end}}}""" + "\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
