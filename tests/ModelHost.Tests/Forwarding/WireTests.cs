using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ModelHost.Tests.Forwarding;

/// <summary>What goes over the wire, and what a node can do wrong there.</summary>
public sealed class WireTests
{
    private const string Body = """{ "model" : "tu\u0074or", "messages":[{"role":"user","content":"Grüße \ud83d\ude00"}],  "unknown":{"deep":[1.50,null]} }""";
    private const string Piece = """{"model":"tiny","message":{"role":"assistant","content":"a"},"done":false,"new_field":1}""" + "\n";
    private const string Done = """{"model":"tiny","message":{"role":"assistant","content":""},"done":true}""" + "\n";

    [Fact]
    public async Task Only_the_models_name_is_changed_in_a_request()
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Piece + Done));
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0", node.Address.ToString()), ("Aliases:tutor", "tiny"));
        using var content = new StringContent(Body);
        content.Headers.Add("X-Unknown", "1");
        var response = await host.Client.PostAsync("/api/chat", content);
        Assert.Equal(Piece + Done, await response.Content.ReadAsStringAsync());
        Assert.Equal("tiny", response.Model());
        Assert.True(node.Requests.TryDequeue(out var request));
        Assert.Equal(Body.Replace("\"tu\\u0074or\"", "\"tiny\"", StringComparison.Ordinal), request.Body);
        Assert.Equal(["Content-Length", "Content-Type", "Host", "traceparent"], request.Headers.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Each_line_is_passed_on_before_the_next_one_comes()
    {
        var next = new TaskCompletionSource();
        await using var node = await ScriptedNode.StartAsync(async context =>
        {
            await ScriptedNode.SendAsync(context, Piece);
            await next.Task;
            await ScriptedNode.SendAsync(context, Done);
        });
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var response = await SendAsync(host, "/api/chat");
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.Equal(Piece.Trim(), await reader.ReadLineAsync());
        next.SetResult();
        Assert.Equal(Done.Trim(), await reader.ReadLineAsync());
        Assert.Null(await reader.ReadLineAsync());
    }

    [Fact]
    public async Task A_thousand_streams_at_once_all_end_whole()
    {
        const int Streams = 1000;
        var begun = 0;
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var node = await ScriptedNode.StartAsync(async context =>
        {
            await ScriptedNode.SendAsync(context, Piece);
            if (Interlocked.Increment(ref begun) == Streams)
            {
                all.SetResult();
            }

            await all.Task;
            await ScriptedNode.SendAsync(context, Done);
        });
        await using var host = await ModelHostUnderTest.WithAsync(
            ("Nodes:0:Url", node.Address.ToString()), ("Nodes:0:Parallel", "1000"), ("Scheduling:QueueLength", "1000"), ("Scheduling:QueueLengthPerUser", "1000"));

        var answers = await Task.WhenAll(Enumerable.Range(0, Streams).Select(async _ =>
        {
            using var response = await SendAsync(host, "/api/chat");
            return await response.Content.ReadAsStringAsync();
        }));

        Assert.All(answers, answer => Assert.Equal(Piece + Done, answer));
    }

    [Theory]
    [InlineData("/api/chat", "application/x-ndjson", Piece + "{\"model\":\"ti", Piece, "{\"error\":\"")]
    [InlineData("/api/chat", "application/x-ndjson", Piece, Piece, "{\"error\":\"")]
    [InlineData("/v1/chat/completions", "text/event-stream", "data: {\"choices\":[]}\n\ndata: {\"cho", "data: {\"choices\":[]}\n\n", "\ndata: {\"error\":{\"message\":\"")]
    public async Task An_answer_that_just_ends_is_never_taken_for_a_whole_one(string path, string type, string sent, string passed, string error)
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, sent, type));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var response = await SendAsync(host, path);
        var text = await response.Content.ReadAsStringAsync();
        Assert.StartsWith(passed + error, text, StringComparison.Ordinal);
        Assert.Contains("stopped before the answer was finished", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"error\":\"out of memory\"}\n")]
    [InlineData("{\"model\":\"tiny\",\"message\":{\"content\":\"\"},\"done\":true}")]
    public async Task A_nodes_own_end_is_the_end(string last)
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Piece + last));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var response = await SendAsync(host, "/api/chat");
        Assert.Equal(Piece + last, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_word_done_in_a_tools_arguments_does_not_end_an_answer()
    {
        const string Call = """{"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{"done":true}}}]},"done":false}""" + "\n";
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Call));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var response = await SendAsync(host, "/api/chat");
        Assert.True((await response.LinesAsync())[^1].TryGetProperty("error", out _));
    }

    [Fact]
    public async Task A_node_that_hangs_is_given_up()
    {
        await using var node = await ScriptedNode.StartAsync(async context =>
        {
            await ScriptedNode.SendAsync(context, Piece);
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0", node.Address.ToString()), ("Limits:Idle", "00:00:01"));
        using var response = await SendAsync(host, "/api/chat");
        var lines = await response.LinesAsync();
        Assert.Contains("did not answer in time", lines[^1].Error(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_does_not_even_begin_is_answered_with_504()
    {
        await using var node = await ScriptedNode.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0", node.Address.ToString()), ("Limits:FirstByte", "00:00:01"));
        using var response = await SendAsync(host, "/v1/chat/completions");
        Assert.Equal(HttpStatusCode.GatewayTimeout, response.StatusCode);
        Assert.Contains("did not answer in time", (await response.JsonAsync()).Error(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(503, "{\"error\":\"server busy\"}", "application/json")]
    [InlineData(500, "Internal Server Error", "text/plain")]
    [InlineData(200, "{\"mod", "application/x-ndjson")]
    public async Task Before_the_first_line_the_next_node_takes_over(int status, string sent, string type)
    {
        await using var bad = await ScriptedNode.StartAsync(async context =>
        {
            await Refuse(context, status, type, sent);
            context.Abort();
        });
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Piece + Done));
        await using var host = await ModelHostUnderTest.WithNodesAsync(bad.Address, good.Address);
        using var response = await SendAsync(host, "/api/chat");
        Assert.Equal(Piece + Done, await response.Content.ReadAsStringAsync());
        Assert.Single(bad.Requests);
        Assert.Single(good.Requests);
    }

    [Theory]
    [InlineData("application/json", "{\"error\":\"server busy\"}", HttpStatusCode.ServiceUnavailable, "server busy")]
    [InlineData("text/html", "<h1>Bad Gateway</h1>", HttpStatusCode.BadGateway, "could not answer")]
    public async Task The_last_nodes_error_keeps_its_words_when_they_are_the_protocols(string type, string body, HttpStatusCode status, string expected)
    {
        await using var node = await ScriptedNode.StartAsync(context => Refuse(context, 503, type, body));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var response = await SendAsync(host, "/api/chat");
        Assert.Equal(status, response.StatusCode);
        Assert.Contains(expected, (await response.JsonAsync()).Error(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_whole_answer_that_breaks_off_is_asked_of_the_next_node()
    {
        await using var cut = await ScriptedNode.StartAsync(async context =>
        {
            context.Response.ContentLength = 100;
            await ScriptedNode.SendAsync(context, "{\"model\":", "application/json");
            context.Abort();
        });
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done, "application/json"));
        await using var host = await ModelHostUnderTest.WithNodesAsync(cut.Address, good.Address);
        for (var i = 0; i < 2; i++)
        {
            using var response = await SendAsync(host, "/api/chat");
            Assert.Equal(Done, await response.Content.ReadAsStringAsync());
        }
    }

    [Fact]
    public async Task A_large_answer_and_a_large_question_pass_unchanged()
    {
        var large = $"{{\"model\":\"tiny\",\"images\":[\"{new string('A', 20 * 1024 * 1024)}\"]}}";
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, large, "application/json"));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using var content = new StringContent(large);
        using var response = await host.Client.PostAsync("/api/generate", content);
        Assert.Equal(large, await response.Content.ReadAsStringAsync());
        Assert.True(node.Requests.TryDequeue(out var request));
        Assert.Equal(large, request.Body);
    }

    [Fact]
    public async Task A_client_that_goes_away_cancels_the_request_at_the_node()
    {
        var cancelled = new TaskCompletionSource();
        await using var node = await ScriptedNode.StartAsync(async context =>
        {
            context.RequestAborted.Register(cancelled.SetResult);
            await ScriptedNode.SendAsync(context, Piece);
            await cancelled.Task;
        });
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        using (var response = await SendAsync(host, "/api/chat"))
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task An_alias_may_name_the_built_in_model_beside_nodes()
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done));
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0", node.Address.ToString()), ("Aliases:tutor", "lyceum-hints"));
        using var response = await SendAsync(host, "/api/chat", "tutor");
        Assert.Equal("lyceum-hints", response.Model());
        var names = (await host.GetAsync("/api/tags")).GetProperty("models").EnumerateArray().Select(entry => entry.GetProperty("name").GetString());
        Assert.Equal(["tiny:latest", "lyceum-hints"], names);
    }

    private static Task<HttpResponseMessage> SendAsync(ModelHostUnderTest host, string path, string model = "tiny")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent($$"""{"model":"{{model}}","messages":[{"role":"user","content":"x"}]}""", Encoding.UTF8, "application/json"),
        };
        return host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static Task Refuse(HttpContext context, int status, string type, string body)
    {
        context.Response.StatusCode = status;
        return ScriptedNode.SendAsync(context, body, type);
    }
}
