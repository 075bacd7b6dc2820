using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lyceum.ChatService.Tests.StandIns;

/// <summary>A request for an answer as it came over the wire.</summary>
public sealed record AskedModel(JsonElement Body, string? TraceParent)
{
    /// <summary>The texts of the messages of a role, in order.</summary>
    public IReadOnlyList<string> Contents(string role) =>
        [.. Messages.Where(message => message.GetProperty("role").GetString() == role).Select(message => message.GetProperty("content").GetString()!)];

    /// <summary>The text of the last message: the question that is to be answered.</summary>
    public string Question => Messages.Last().GetProperty("content").GetString()!;

    /// <summary>The names of the tools that the model may call.</summary>
    public IReadOnlyList<string> Tools =>
        Body.TryGetProperty("tools", out var tools) ? [.. tools.EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()!)] : [];

    public IReadOnlyList<string> Roles => [.. Messages.Select(message => message.GetProperty("role").GetString()!)];

    private IEnumerable<JsonElement> Messages => Body.GetProperty("messages").EnumerateArray();
}

/// <summary>Speaks Ollama's <c>/api/chat</c> on a real port and fails on command, which a real ModelHost does not.</summary>
public sealed class ModelHostStandIn : IAsyncDisposable
{
    private readonly WebApplication _app;

    public ModelHostStandIn()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrel().UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/api/chat", async context =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            var asked = new AskedModel(body.RootElement.Clone(), context.Request.Headers.TraceParent);
            context.Items[nameof(AskedModel)] = asked;
            Asked.Enqueue(asked);
            await Answer(context);
        });
        _app.MapPost("/api/embed", async context =>
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            Embedded.Enqueue(body.RootElement.GetProperty("model").GetString());
            if (Embed is null)
            {
                await Refuses(StatusCodes.Status404NotFound, "no such model")(context);
                return;
            }

            await context.Response.WriteAsJsonAsync(new { embeddings = body.RootElement.GetProperty("input").EnumerateArray().Select(text => Embed(text.GetString()!)) });
        });
    }

    /// <summary>Models that were asked for embeddings.</summary>
    public ConcurrentQueue<string?> Embedded { get; } = [];

    /// <summary>The embedding of a text; null refuses the request.</summary>
    public Func<string, float[]>? Embed { get; set; }

    public ConcurrentQueue<AskedModel> Asked { get; } = [];

    public AskedModel Last => Asked.Last();

    /// <summary>What the next requests are answered with.</summary>
    public Func<HttpContext, Task> Answer { get; set; } = Says("Look ", "at ", "line 2.");

    public string Address => _app.Urls.Single();

    public Task StartAsync() => _app.StartAsync();

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    public static Func<HttpContext, Task> Says(params string[] words) => async context =>
    {
        await WordsAsync(context, words);
        await LineAsync(context, """{"model":"stand-in:1b","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":42,"eval_count":7}""");
    };

    /// <summary>Answers one request after the other; the last answer is for all that follow.</summary>
    public static Func<HttpContext, Task> InTurn(params string[] answers)
    {
        var next = -1;
        return context => Says(answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)])(context);
    }

    /// <summary>Answers one request after the other, each in its own way; the last is for all that follow.</summary>
    public static Func<HttpContext, Task> InTurn(params Func<HttpContext, Task>[] answers)
    {
        var next = -1;
        return context => answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)](context);
    }

    /// <summary>Asks for calls of tools, after some words.</summary>
    public static Func<HttpContext, Task> Calls(string words, params (string Name, object Arguments)[] calls) => async context =>
    {
        await WordsAsync(context, words.Length == 0 ? [] : [words]);
        var asked = calls.Select(call => new { function = new { name = call.Name, arguments = call.Arguments } });
        await LineAsync(context, JsonSerializer.Serialize(new { model = "stand-in:1b", message = new { role = "assistant", content = "", tool_calls = asked }, done = false }));
        await LineAsync(context, """{"model":"stand-in:1b","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":42,"eval_count":7}""");
    };
    /// <summary>Answers by what was asked.</summary>
    public static Func<HttpContext, Task> SaysFor(Func<AskedModel, string> answer) => context => Says(answer((AskedModel)context.Items[nameof(AskedModel)]!))(context);

    public static Func<HttpContext, Task> SaysThenErrs(string error, params string[] words) => async context =>
    {
        await WordsAsync(context, words);
        await LineAsync(context, JsonSerializer.Serialize(new { error }));
    };

    public static Func<HttpContext, Task> SaysThenBreaks(params string[] words) => async context =>
    {
        await WordsAsync(context, words);
        // Ends the connection without the last chunk. An abort could overtake the words.
        throw new IOException("The stand-in breaks off.");
    };

    public static Func<HttpContext, Task> SaysThenEnds(params string[] words) => context => WordsAsync(context, words);

    public static Func<HttpContext, Task> Refuses(int status, string error) => async context =>
    {
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(new { error });
    };

    /// <summary>Says the words, then waits for the signal to say the rest, or for the caller to go.</summary>
    public static Func<HttpContext, Task> SaysThenWaits(Held held, params string[] words) => async context =>
    {
        using var gone = context.RequestAborted.Register(held.CallerGone.SetResult);
        await WordsAsync(context, words);
        held.Waiting.TrySetResult();
        await Task.WhenAny(held.GoOn.Task, held.CallerGone.Task);
        if (held.GoOn.Task.IsCompleted)
        {
            await Says(" And that is all.")(context);
        }
    };

    private static async Task WordsAsync(HttpContext context, string[] words)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/x-ndjson";
        }

        foreach (var word in words)
        {
            await LineAsync(context, JsonSerializer.Serialize(new { model = "stand-in:1b", message = new { role = "assistant", content = word }, done = false }));
        }
    }

    private static async Task LineAsync(HttpContext context, string line)
    {
        await context.Response.WriteAsync(line + "\n");
        await context.Response.Body.FlushAsync();
    }
}

/// <summary>An answer that is held back, and what happens to it.</summary>
public sealed class Held
{
    public TaskCompletionSource Waiting { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource GoOn { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource CallerGone { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}
