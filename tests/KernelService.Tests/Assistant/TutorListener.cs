using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Threading.Channels;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lyceum.KernelService.Tests.Assistant;

/// <summary>A question as it came.</summary>
internal sealed record Asked(string Path, CallerIdentity? Caller, string Text, JsonElement Context);

/// <summary>Speaks ChatService's protocol on the wire; what it answers, and how it fails, is what the question says.</summary>
internal sealed class TutorListener : IAsyncDisposable
{
    private readonly Channel<Asked> _asked = Channel.CreateUnbounded<Asked>();
    private readonly ConcurrentDictionary<string, bool> _conversations = new();
    private readonly WebApplication _app;

    public TutorListener()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.MapGet("/llm/chat/{id}/history/", (string id) => !_conversations.ContainsKey(id) ? Results.NotFound() : Results.Json(new
        {
            messages = new object[]
            {
                new { sender = "user", content = "one", timestamp = "2026-01-01T00:00:00Z" },
                new { sender = "assistant", content = "Look at it.", timestamp = "2026-01-01T00:00:01Z", input_tokens = 17, output_tokens = 4 },
            },
        }));
        _app.MapPost("/llm/chat/", (HttpContext http) => AnswerAsync(http, null));
        _app.MapGet("/tutor/lockdown", (string course, string notebook_path) => new { locked = course == Locked || notebook_path == "exam.ipynb" });
        _app.MapPost("/llm/chat/{id}/message/", (HttpContext http, string id) => AnswerAsync(http, id));
    }

    /// <summary>What the tutor does before it answers a question that has this in it, given the kernel that the question names.</summary>
    public (string Question, Func<string, Task> Do)? WhileAnswering { get; set; }

    /// <summary>The course that is in an exam.</summary>
    public string? Locked { get; set; }

    public string Address => _app.Urls.First();

    /// <summary>Completes when somebody stops an answer that does not end.</summary>
    public TaskCompletionSource Stopped { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task StartAsync() => _app.StartAsync();

    public void DeleteConversations() => _conversations.Clear();

    /// <summary>The question with that text; others are passed over.</summary>
    public async Task<Asked> QuestionAsync(string text)
    {
        using var limit = NotebookClient.Limit();
        while (true)
        {
            var asked = await _asked.Reader.ReadAsync(limit.Token);
            if (asked.Text == text)
            {
                return asked;
            }
        }
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext http, string? conversation)
    {
        using var body = await JsonDocument.ParseAsync(http.Request.Body);
        var text = body.RootElement.GetProperty(conversation is null ? "initial_message" : "user_message").GetString()!;
        var tokens = new IdentityTokens(TestIdentity.Key, IdentityTokens.InternalPurpose, "tests", TimeSpan.FromMinutes(5), TimeProvider.System);
        await _asked.Writer.WriteAsync(new Asked(
            http.Request.Path, tokens.Read(http.Request.Headers[IdentityHeader.Name]), text, body.RootElement.GetProperty("context").Clone()));
        if (conversation is not null && !_conversations.ContainsKey(conversation))
        {
            await ProblemAsync(http, 404, "There is no such conversation.");
            return;
        }

        if (text == "refuse")
        {
            await ProblemAsync(http, 409, "The tutor is still answering.");
            return;
        }

        conversation ??= Guid.NewGuid().ToString();
        _conversations[conversation] = true;
        http.Response.ContentType = "text/event-stream";
        await EventAsync(http, "session", new { session_id = conversation, question_id = Guid.NewGuid() });
        if (WhileAnswering is { } work && text == work.Question)
        {
            await work.Do(body.RootElement.GetProperty("context").GetProperty("kernel_id").GetString()!);
        }

        await StreamAsync(http, text);
    }

    private async Task StreamAsync(HttpContext http, string text)
    {
        switch (text)
        {
            case "fail":
                await EventAsync(http, "error", new { title = "Bad Gateway", status = 502, detail = "The tutor's model failed." });
                break;
            case "break":
                http.Abort();
                break;
            case "never end":
                await EventAsync(http, "delta", new { text = "Well" });
                http.RequestAborted.Register(() => Stopped.TrySetResult());
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                break;
            default:
                string[] pieces = ["Try this:\n", "```python\nprint(1)\n```\n", "or\n```csharp\nvar a = 1;\n```\nand not\n```text\noutput\n```"];
                foreach (var piece in pieces)
                {
                    await EventAsync(http, "delta", new { text = piece });
                }

                await EventAsync(http, "done", new { message = new { content = string.Concat(pieces) }, session = new { } });
                break;
        }
    }

    private static async Task EventAsync(HttpContext http, string name, object data)
    {
        await http.Response.WriteAsync($"event: {name}\ndata: {JsonSerializer.Serialize(data)}\n\n:\n\n", http.RequestAborted);
        await http.Response.Body.FlushAsync(http.RequestAborted);
    }

    private static Task ProblemAsync(HttpContext http, int status, string detail)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(new { title = "no", status, detail }, options: null, contentType: "application/problem+json");
    }
}

/// <summary>The service with somebody to ask.</summary>
public sealed class AssistantFixture : KernelServiceFixture, IAsyncLifetime
{
    public const int MaxCheckpoints = 3;

    internal TutorListener Tutor { get; } = new();

    protected override IEnumerable<KeyValuePair<string, string?>> Settings =>
    [
        new("services:chatservice:http:0", Tutor.Address),
        // A busy machine must not make the kernel's answer count as none.
        new("Assistant:KernelTimeout", "00:01:00"),
        new("Exams:AskEvery", "00:00:00"),
        new("Assistant:RunTimeout", "00:00:05"),
        new("Assistant:MaxCheckpoints", MaxCheckpoints.ToString(CultureInfo.InvariantCulture)),
        new("Assistant:CheckpointRuns", "true"),
    ];

    async Task IAsyncLifetime.InitializeAsync()
    {
        await Tutor.StartAsync();
        await InitializeAsync();
    }

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await Tutor.DisposeAsync();
    }
}
