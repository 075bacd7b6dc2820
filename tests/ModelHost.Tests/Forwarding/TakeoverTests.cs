using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ModelHost.Tests.Forwarding;

/// <summary>An answer that one node begins and another one ends.</summary>
public sealed class TakeoverTests
{
    private const string Done = """{"message":{"role":"assistant","content":""},"done":true}""" + "\n";

    [Fact]
    public async Task A_chat_goes_on_where_the_first_node_broke_off()
    {
        await using var broken = await ScriptedNode.StartAsync(context => BreakOffAsync(context, Said("Gr\\u00fc\\u00df") + Said("e\\n") + "{\"mess"));
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Said("dich") + Done));
        await using var host = await OnAsync(broken, good);
        const string Body = """{"model":"tiny","messages":[{"role":"user","content":"Hi"}],"options":{"num_predict":10,"temperature":0.50},"unknown":1.50}""";
        using var response = await SendAsync(host, "/api/chat", Body);
        Assert.Equal("Grüße\ndich", (await response.LinesAsync()).Text());
        var second = JsonDocument.Parse(good.Requests.Single().Body).RootElement;
        Assert.Equal("""[{"role":"user","content":"Hi"},{"role":"assistant","content":"Gr\u00FC\u00DFe\n"}]""", second.GetProperty("messages").GetRawText());
        Assert.Equal(8, second.GetProperty("options").GetProperty("num_predict").GetInt32());
        Assert.Equal("1.50", second.GetProperty("unknown").GetRawText());
    }

    [Fact]
    public async Task The_text_so_far_is_whole_whether_lines_are_alike_or_not()
    {
        string[] sent =
        [
            Line("00.123", "content", "a"), Line("00.124", "content", "bb"), Line("00.12", "content", "c"), Line("00.13", "content", "\\\"d\\\""),
            Line("00.14", "comment", "no"), Line("00.15", "content", "é7"), Line("00.16", "content", ""), Line("01.17", "content", "\\u0065"), Line("02.18", "content", "f"),
        ];
        await using var broken = await ScriptedNode.StartAsync(context => BreakOffAsync(context, string.Concat(sent)));
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done));
        await using var host = await OnAsync(broken, good);
        using var response = await SendAsync(host, "/api/chat", """{"model":"tiny","messages":[{"role":"user","content":"Hi"}]}""");
        Assert.True((await response.LinesAsync())[^1].GetProperty("done").GetBoolean());
        Assert.Equal("abbc\"d\"é7ef", JsonDocument.Parse(good.Requests.Single().Body).RootElement.GetProperty("messages")[1].GetProperty("content").GetString());

        static string Line(string second, string name, string text) =>
            $$$"""{"model":"tiny","created_at":"2026-01-01T00:00:{{{second}}}Z","message":{"role":"assistant","{{{name}}}":"{{{text}}}"},"done":false}""" + "\n";
    }

    [Fact]
    public async Task An_openai_stream_goes_on_in_a_new_event()
    {
        const string Start = "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"one \"}}]}\n";
        const string Rest = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"two\"}}]}\n\ndata: [DONE]\n\n";
        await using var broken = await ScriptedNode.StartAsync(context => BreakOffAsync(context, Start, "text/event-stream"));
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Rest, "text/event-stream"));
        await using var host = await OnAsync(broken, good);
        using var response = await SendAsync(host, "/v1/chat/completions", """{"model":"tiny","stream":true,"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"zero "}]}""");
        Assert.Equal(Start + "\n" + Rest, await response.Content.ReadAsStringAsync());
        Assert.Contains("""{"role":"assistant","content":"zero one "}]""", good.Requests.Single().Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_raw_prompt_goes_on_with_what_was_said()
    {
        await using var broken = await ScriptedNode.StartAsync(context => BreakOffAsync(context, "{\"response\":\"two \",\"done\":false}\n"));
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, "{\"response\":\"three\",\"done\":true}\n"));
        await using var host = await OnAsync(broken, good);
        using var response = await SendAsync(host, "/api/generate", """{"model":"tiny","raw":true,"prompt":"one "}""");
        Assert.True((await response.LinesAsync())[^1].GetProperty("done").GetBoolean());
        Assert.Contains("\"prompt\":\"one two \"", good.Requests.Single().Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/chat", """{"model":"tiny","format":"json","messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/api/chat", """{"model":"tiny","tools":[{}],"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/api/chat", """{"model":"tiny","think":true,"messages":[{"role":"user","content":"x"}]}""")]
    [InlineData("/api/generate", """{"model":"tiny","prompt":"x"}""")]
    public async Task What_cannot_go_on_elsewhere_ends_with_an_error(string path, string body)
    {
        await using var broken = await ScriptedNode.StartAsync(context => BreakOffAsync(context, Said("x")));
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done));
        await using var host = await OnAsync(broken, good);
        using var response = await SendAsync(host, path, body);
        var lines = await response.LinesAsync();
        Assert.Equal(2, lines.Count);
        Assert.Contains("stopped before the answer was finished", lines[1].Error(), StringComparison.Ordinal);
        Assert.Empty(good.Requests);
    }

    [Fact]
    public async Task A_real_engine_goes_on_where_another_one_was_cut_off()
    {
        await using var dying = await EngineNode.StartAsync(new KeyValuePair<string, string>("DIE_AFTER", "3"));
        await using var good = await EngineNode.StartAsync();
        await using var host = await ModelHostUnderTest.WithNodesAsync(dying.Address, good.Address);
        using var response = await SendAsync(host, "/api/chat", """{"model":"tiny","messages":[{"role":"user","content":"Hello"}],"options":{"num_predict":40,"temperature":0}}""");
        var lines = await response.LinesAsync();
        Assert.True(lines[^1].GetProperty("done").GetBoolean());
        Assert.All(lines, line => Assert.False(line.TryGetProperty("error", out _)));
    }

    [Fact]
    public async Task An_answer_of_the_responses_api_ends_with_its_own_event()
    {
        const string Whole = "event: response.output_text.delta\ndata: {\"delta\":\"x\"}\n\nevent: response.completed\ndata: {\"response\":{\"usage\":{\"input_tokens\":3,\"output_tokens\":1}}}\n\n";
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Whole, "text/event-stream"));
        await using var host = await OnAsync(node);
        using var response = await SendAsync(host, "/v1/responses", """{"model":"tiny","stream":true,"input":"x"}""");
        Assert.Equal(Whole, await response.Content.ReadAsStringAsync());
        var used = (await host.GetAsync("/usage")).GetProperty("entries")[0];
        Assert.Equal((3, 1), (used.GetProperty("input_tokens").GetInt32(), used.GetProperty("output_tokens").GetInt32()));
    }

    [Fact]
    public async Task A_call_of_a_tool_that_nobody_asked_for_cannot_go_on_either()
    {
        const string Call = """{"message":{"role":"assistant","content":"","tool_calls":[{"function":{"name":"f","arguments":{}}}]},"done":false}""" + "\n";
        await using var broken = await ScriptedNode.StartAsync(context => BreakOffAsync(context, Call));
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done));
        await using var host = await OnAsync(broken, good);
        using var response = await SendAsync(host, "/api/chat", """{"model":"tiny","messages":[{"role":"user","content":"x"}]}""");
        Assert.True((await response.LinesAsync())[^1].TryGetProperty("error", out _));
    }

    [Theory]
    [InlineData("<html>\n", "b")]
    [InlineData("{\"message\":{\"role\":\"assistant\",\"content\":\"a\"},\"done\":false}\noops {\n{\"message\":{\"content\":\"never\"},\"done\":true}\n", "ab")]
    public async Task What_is_no_ndjson_is_a_nodes_failure_before_the_first_line_and_after_it(string sent, string expected)
    {
        await using var bad = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, sent));
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Said("b") + Done));
        await using var host = await OnAsync(bad, good);
        using var response = await SendAsync(host, "/api/chat", """{"model":"tiny","messages":[{"role":"user","content":"x"}]}""");
        Assert.Equal(expected, (await response.LinesAsync()).Text());
        Assert.Single(bad.Requests);
    }

    [Fact]
    public async Task A_node_that_refuses_at_once_soon_draws_no_traffic()
    {
        await using var failing = await ScriptedNode.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return ScriptedNode.SendAsync(context, "{\"error\":\"server busy\"}", "application/json");
        });
        await using var good = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done));
        await using var host = await OnAsync(failing, good);
        var began = Stopwatch.GetTimestamp();
        for (var i = 0; i < 30; i++)
        {
            // Another model's options each time, so that none is loaded and both nodes are as good.
            using var response = await SendAsync(host, "/api/chat", $$$"""{"model":"tiny","messages":[{"role":"user","content":"x"}],"options":{"num_ctx":{{{1000 + i}}}}}""");
            Assert.Equal(Done, await response.Content.ReadAsStringAsync());
        }

        // Four that open the breaker, then one in five seconds at most.
        Assert.InRange(failing.Requests.Count, 1, 5 + (int)(Stopwatch.GetElapsedTime(began).TotalSeconds / 5));
    }

    [Fact]
    public async Task Connections_that_close_under_reuse_are_not_noticed()
    {
        // Keeps its connections alive by its word, and closes each after one answer all the same.
        await using var node = await ClosingNode.StartAsync(Said("x") + Done);
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        for (var i = 0; i < 60; i++)
        {
            using var response = await SendAsync(host, "/api/chat", """{"model":"tiny","messages":[{"role":"user","content":"x"}]}""");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(Said("x") + Done, await response.Content.ReadAsStringAsync());
        }
    }

    [Theory]
    [InlineData("http://169.254.169.254/latest")]
    [InlineData("127.0.0.1:1/library/tiny")]
    [InlineData("../../tiny")]
    public async Task A_body_or_header_that_names_another_host_reaches_none(string model)
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Done));
        await using var host = await OnAsync(node);
        using (var response = await SendAsync(host, "/api/chat", JsonSerializer.Serialize(new { model, messages = Array.Empty<object>() })))
        {
            Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        }

        Assert.Empty(node.Requests);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat") { Content = new StringContent("""{"model":"tiny","remote_host":"http://169.254.169.254","messages":[]}""") };
        foreach (var header in new[] { "X-Forwarded-Host", "X-Original-URL", "Forwarded", "X-Lyceum-Node" })
        {
            request.Headers.TryAddWithoutValidation(header, "http://169.254.169.254/");
        }

        request.Headers.Host = "169.254.169.254";
        using var passed = await host.Client.SendAsync(request);
        Assert.Equal(Done, await passed.Content.ReadAsStringAsync());
        Assert.Equal(node.Address.Authority, node.Requests.Single().Headers.Host.ToString());
        Assert.DoesNotContain(node.Requests.Single().Headers, header => header.Key.StartsWith("X-", StringComparison.OrdinalIgnoreCase) || header.Key == "Forwarded");
    }

    private static string Said(string text) => $$"""{"message":{"role":"assistant","content":"{{text}}"},"done":false}""" + "\n";

    private static async Task BreakOffAsync(HttpContext context, string text, string type = "application/x-ndjson")
    {
        await ScriptedNode.SendAsync(context, text, type);
        // The end of the body instead of a reset: what was sent arrives for certain.
        await context.Response.CompleteAsync();
    }

    /// <summary>Among equals the first request goes to the first node.</summary>
    private static Task<ModelHostUnderTest> OnAsync(params ScriptedNode[] nodes) => ModelHostUnderTest.WithAsync(
        [.. nodes.Select((node, i) => ($"Nodes:{i}:Url", (string?)node.Address.ToString()))]);

    private static Task<HttpResponseMessage> SendAsync(ModelHostUnderTest host, string path, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }
}
