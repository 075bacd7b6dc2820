using System.Net;
using System.Text;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ModelHost.Tests.Scheduling;

/// <summary>What a client sees of the queue, on the wire.</summary>
public sealed class WaitingTests : IAsyncLifetime
{
    private const string Done = """{"model":"tiny","message":{"role":"assistant","content":"x"},"done":true}""" + "\n";
    private const string Piece = """{"model":"tiny","message":{"role":"assistant","content":"y"},"done":false}""" + "\n";
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly SemaphoreSlim _finish = new(0);
    private readonly SemaphoreSlim _running = new(0);
    private ScriptedNode _node = null!;

    public async Task InitializeAsync() => _node = await ScriptedNode.StartAsync(AnswerWhenToldAsync);

    public async Task DisposeAsync()
    {
        _finish.Release(100);
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task A_waiting_ollama_stream_learns_its_position_at_once_and_then_has_nothing_but_objects()
    {
        await using var host = await HostAsync(("Scheduling:Heartbeat", "00:00:01"));
        using var first = await RunningAsync(host);
        using var waiting = await SendAsync(host, "/api/chat");
        Assert.Equal("1", Assert.Single(waiting.Headers.GetValues("X-Lyceum-Queue-Position")));
        Assert.Equal("tiny", waiting.Model());
        Assert.Equal("application/x-ndjson", waiting.Content.Headers.ContentType?.MediaType);
        using var third = await SendAsync(host, "/api/chat");
        Assert.Equal("2", Assert.Single(third.Headers.GetValues("X-Lyceum-Queue-Position")));
        _finish.Release(3);
        Assert.Equal(Piece + Done, await waiting.Content.ReadAsStringAsync());
        Assert.Equal(Piece + Done, await third.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_waiting_openai_stream_is_kept_alive_with_comments()
    {
        await using var host = await HostAsync(("Scheduling:Heartbeat", "00:00:01"));
        using var first = await RunningAsync(host);
        using var waiting = await SendAsync(host, "/v1/chat/completions");
        Assert.Equal("text/event-stream", waiting.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await waiting.Content.ReadAsStreamAsync());
        Assert.Equal(": waiting, position 1", await reader.ReadLineAsync().WaitAsync(Limit));
        _finish.Release(2);
        var rest = await reader.ReadToEndAsync();
        Assert.EndsWith("data: [DONE]\n\n", rest, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/chat")]
    [InlineData("/v1/chat/completions")]
    public async Task A_full_queue_is_said_with_503_and_when_to_come_back(string path)
    {
        await using var host = await HostAsync(("Scheduling:QueueLength", "1"));
        using var first = await RunningAsync(host);
        using var second = await SendAsync(host, path);
        using var third = await SendAsync(host, path);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, third.StatusCode);
        Assert.InRange(third.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.StartsWith("server busy", (await third.JsonAsync()).Error(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_turn_that_comes_too_late_ends_a_stream_with_an_error_and_is_503_otherwise()
    {
        await using var host = await HostAsync();
        using var first = await RunningAsync(host);
        var waiting = SendAsync(host, "/api/chat", deadline: "1");
        using var whole = await SendAsync(host, "/api/chat", stream: false, deadline: "1");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, whole.StatusCode);
        Assert.NotNull(whole.Headers.RetryAfter);
        using var stream = await waiting;
        Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
        Assert.Contains("no model node was free in time", Assert.Single(await stream.LinesAsync()).Error(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_that_goes_while_it_waits_leaves_the_queue_and_one_that_goes_while_it_runs_frees_the_node()
    {
        await using var host = await HostAsync();
        var running = await RunningAsync(host);
        var impatient = await SendAsync(host, "/api/chat");
        using var patient = await SendAsync(host, "/api/chat", user: "another");
        impatient.Dispose();
        running.Dispose();
        // Nothing was told to finish: the place is free because its client went.
        Assert.True(await _running.WaitAsync(Limit));
        // One for it, and one in case the node has not noticed yet that the other is gone.
        _finish.Release(2);
        Assert.Equal(Piece + Done, await patient.Content.ReadAsStringAsync());
        Assert.Equal(2, _node.Requests.Count);
    }

    [Fact]
    public async Task Under_pressure_an_alias_takes_its_next_model_and_the_answer_says_so()
    {
        await using var small = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done), "small:latest");
        await using var host = await HostAsync(("Nodes:1", small.Address.ToString()), ("Aliases:tutor", "tiny, small"), ("Scheduling:FallbackAt", "1"));
        using var first = await RunningAsync(host, "tutor");
        Assert.Equal("tiny", first.Model());
        using var second = await SendAsync(host, "/api/chat", "tutor");
        Assert.Equal("tiny", second.Model());
        using var third = await SendAsync(host, "/api/chat", "tutor");
        Assert.Equal("small", third.Model());
        Assert.Equal(Done, await third.Content.ReadAsStringAsync());
        Assert.Contains("\"small\"", small.Requests.Single().Body, StringComparison.Ordinal);
    }

    private async Task AnswerWhenToldAsync(HttpContext context)
    {
        var isOpenAi = context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal);
        await ScriptedNode.SendAsync(context, isOpenAi ? "data: {\"choices\":[]}\n\n" : Piece, isOpenAi ? "text/event-stream" : "application/x-ndjson");
        _running.Release();
        await _finish.WaitAsync(context.RequestAborted);
        await ScriptedNode.SendAsync(context, isOpenAi ? "data: [DONE]\n\n" : Done);
    }

    private Task<ModelHostUnderTest> HostAsync(params (string Key, string? Value)[] settings) =>
        ModelHostUnderTest.WithAsync([("Nodes:0:Url", _node.Address.ToString()), ("Nodes:0:Parallel", "1"), .. settings]);

    /// <summary>A request that the node works on.</summary>
    private async Task<HttpResponseMessage> RunningAsync(ModelHostUnderTest host, string model = "tiny")
    {
        var response = await SendAsync(host, "/api/chat", model);
        Assert.True(await _running.WaitAsync(Limit));
        return response;
    }

    private static Task<HttpResponseMessage> SendAsync(ModelHostUnderTest host, string path, string model = "tiny", bool stream = true, string? deadline = null, string user = "sam")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent($$"""{"model":"{{model}}","stream":{{(stream ? "true" : "false")}},"messages":[{"role":"user","content":"x"}]}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("X-Lyceum-Identity", TestIdentity.Token(TestIdentity.Student(user)));
        if (deadline is not null)
        {
            request.Headers.Add("X-Lyceum-Deadline", deadline);
        }

        return host.Anonymous.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
