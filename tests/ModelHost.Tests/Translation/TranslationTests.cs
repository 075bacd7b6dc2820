using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ModelHost.Tests.Translation;

/// <summary>What an OpenAI-compatible node is sent for an Ollama client, and what becomes of answers that no engine here gives.</summary>
public sealed class TranslationTests
{
    private const string Done = "data: [DONE]\n\n";
    private const string Question = """{"model":"tiny","messages":[{"role":"user","content":"x"}]}""";

    [Fact]
    public async Task A_chat_is_sent_in_the_nodes_own_words()
    {
        await using var node = await ScriptedNode.StartAsync(context => EventsAsync(context, Piece("""{"content":"y"}""", "\"stop\"") + Done));
        await using var host = await OnAsync(node, ("Nodes:0:ApiKey", "sk-1"));
        using var response = await SendAsync(host, "/api/chat", """
            {"model":"tiny","think":"high","format":{"type":"object"},"keep_alive":"1h","logprobs":true,"top_logprobs":2,
             "options":{"temperature":0.5,"top_k":7,"min_p":0.1,"repeat_penalty":1.2,"num_predict":9,"seed":3,"stop":["a"],"num_ctx":512},
             "tools":[{"type":"function","function":{"name":"f"}}],
             "messages":[{"role":"user","content":"Grüße","images":["/9j/AAAA","iVBORw0K"]},
                         {"role":"assistant","content":"","thinking":"hm","tool_calls":[{"function":{"name":"f","arguments":{"a":1.50}}},{"id":"mine","function":{"name":"g","arguments":{}}}]},
                         {"role":"tool","tool_name":"g","content":"2"},{"role":"tool","content":"1"}]}
            """);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var request = Assert.Single(node.Requests);
        Assert.Equal("/v1/chat/completions", request.Path);
        Assert.Equal("Bearer sk-1", request.Headers.Authorization);
        AssertJson("""
            {"model":"tiny:latest","stream":true,"stream_options":{"include_usage":true},
             "temperature":0.5,"seed":3,"top_k":7,"min_p":0.1,"repeat_penalty":1.2,"repetition_penalty":1.2,"max_tokens":9,"stop":["a"],
             "messages":[{"role":"user","content":[{"type":"text","text":"Grüße"},{"type":"image_url","image_url":{"url":"data:image/jpeg;base64,/9j/AAAA"}},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0K"}}]},
                         {"role":"assistant","content":"","tool_calls":[{"id":"call_0","type":"function","function":{"name":"f","arguments":"{\"a\":1.50}"}},{"id":"mine","type":"function","function":{"name":"g","arguments":"{}"}}]},
                         {"role":"tool","content":"2","tool_call_id":"mine"},{"role":"tool","content":"1","tool_call_id":"call_0"}],
             "tools":[{"type":"function","function":{"name":"f"}}],
             "response_format":{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object"}}},
             "reasoning_effort":"high","chat_template_kwargs":{"enable_thinking":true},"logprobs":true,"top_logprobs":2}
            """, request.Body);
    }

    [Fact]
    public async Task A_provider_that_refuses_what_it_does_not_know_is_sent_only_the_protocols_own()
    {
        await using var node = await ScriptedNode.StartAsync(context => EventsAsync(context, Piece("""{"content":"y"}""", "\"stop\"") + Done));
        await using var host = await OnAsync(node, ("Nodes:0:Extensions", "false"));
        using var response = await SendAsync(host, "/api/chat", """{"model":"tiny","think":false,"format":"json","options":{"top_k":7},"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}]}""");
        await response.Content.ReadAsStringAsync();
        AssertJson("""
            {"model":"tiny:latest","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"x"},{"role":"assistant","content":"y"}],"response_format":{"type":"json_object"}}
            """, Assert.Single(node.Requests).Body);
    }

    [Fact]
    public async Task Thoughts_calls_probabilities_and_figures_come_back_as_ollamas()
    {
        var events = ": keep-alive\n\n"
            + Piece("""{"role":"assistant","content":""}""")
            + Piece("""{"reasoning_content":"Let me "}""") + Piece("""{"reasoning":"see."}""")
            + """data: {"choices":[{"index":0,"delta":{"content":"Look:"},"logprobs":{"content":[{"token":"Look","logprob":-0.5,"top_logprobs":[]}]}}]}""" + "\n\n"
            + Piece("""{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"look","arguments":""}}]}""")
            + Piece("""{"tool_calls":[{"index":0,"function":{"arguments":"{\"at\": "}}]}""")
            + Piece("""{"tool_calls":[{"index":1,"id":"c2","function":{"name":"wait","arguments":""}},{"index":0,"function":{"arguments":"[1,2]}"}}]}""")
            + Piece("{}", "\"tool_calls\"")
            + "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":11,\"completion_tokens\":5}}\r\n\r\n" + Done;
        await using var node = await ScriptedNode.StartAsync(context => EventsAsync(context, events));
        await using var host = await OnAsync(node);
        using var response = await SendAsync(host, "/api/chat", Question);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        var lines = await response.LinesAsync();
        Assert.Equal("Let me see.", string.Concat(lines.Select(line => Message(line).TryGetProperty("thinking", out var thought) ? thought.GetString() : "")));
        Assert.Equal("Look:", lines.Text());
        Assert.Equal("Look", lines.Single(line => line.TryGetProperty("logprobs", out _)).GetProperty("logprobs")[0].GetProperty("token").GetString());
        var calls = lines.Single(line => Message(line).TryGetProperty("tool_calls", out _)).GetProperty("message").GetProperty("tool_calls");
        AssertJson("""[{"id":"c1","function":{"index":0,"name":"look","arguments":{"at":[1,2]}}},{"id":"c2","function":{"index":1,"name":"wait","arguments":{}}}]""", calls.GetRawText());
        var last = lines[^1];
        Assert.Equal((true, "stop", 11, 5), (last.GetProperty("done").GetBoolean(), last.GetProperty("done_reason").GetString(), last.GetProperty("prompt_eval_count").GetInt32(), last.GetProperty("eval_count").GetInt32()));
        var used = (await host.GetAsync("/usage")).GetProperty("entries")[0];
        Assert.Equal((11, 5), (used.GetProperty("input_tokens").GetInt32(), used.GetProperty("output_tokens").GetInt32()));
    }

    [Fact]
    public async Task A_call_of_a_tool_may_take_longer_than_a_piece_of_it_may()
    {
        await using var node = await ScriptedNode.StartAsync(async context =>
        {
            await EventsAsync(context, Piece("""{"tool_calls":[{"index":0,"id":"c1","type":"function","function":{"name":"look","arguments":"{\"at\": ["}}]}"""));
            for (var i = 0; i < 8; i++)
            {
                await Task.Delay(1000, context.RequestAborted);
                await EventsAsync(context, Piece($$$"""{"tool_calls":[{"index":0,"function":{"arguments":"{{{i}}},"}}]}"""));
            }

            await EventsAsync(context, Piece("""{"tool_calls":[{"index":0,"function":{"arguments":"8]}"}}]}""", "\"tool_calls\"") + Done);
        });
        await using var host = await OnAsync(node, ("Limits:FirstByte", "00:00:06"), ("Limits:Idle", "00:00:06"));
        using var response = await SendAsync(host, "/api/chat", Question);
        var call = (await response.LinesAsync())[0].GetProperty("message").GetProperty("tool_calls")[0];
        Assert.Equal(9, call.GetProperty("function").GetProperty("arguments").GetProperty("at").GetArrayLength());
    }

    [Fact]
    public async Task A_whole_answer_comes_back_whole()
    {
        const string Answer = """{"choices":[{"index":0,"message":{"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":true}"}}]},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":3,"completion_tokens":2}}""";
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Answer, "application/json"));
        await using var host = await OnAsync(node);
        using var response = await SendAsync(host, "/api/chat", """{"model":"tiny","stream":false,"messages":[{"role":"user","content":"x"}]}""");
        var answer = await response.JsonAsync();
        AssertJson("""{"role":"assistant","content":"","thinking":"hm","tool_calls":[{"id":"c","function":{"index":0,"name":"f","arguments":{"a":true}}}]}""", answer.GetProperty("message").GetRawText());
        Assert.Equal((true, 2), (answer.GetProperty("done").GetBoolean(), answer.GetProperty("eval_count").GetInt32()));
    }

    [Theory]
    [InlineData("""data: {"error":{"message":"out of memory","code":500}}""", "out of memory")]
    [InlineData("""data: {"object":"error","message":"too long","code":400}""", "too long")]
    [InlineData("""data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"name":"look","arguments":"{\"a\""}}]},"finish_reason":"length"}]}""" + "\n\ndata: [DONE]", "'look' with arguments that are no JSON")]
    [InlineData("""data: {"choices":[{"delta":{"tool_calls":[null]}},null]}""", "stopped before the answer was finished")]
    [InlineData("data: {oops", "stopped before the answer was finished")]
    [InlineData("", "stopped before the answer was finished")]
    public async Task What_goes_wrong_in_the_middle_is_said_as_ollama_says_it(string wrong, string expected)
    {
        await using var node = await ScriptedNode.StartAsync(context => EventsAsync(context, Piece("""{"content":"a"}""") + wrong + "\n\n"));
        await using var host = await OnAsync(node);
        using var response = await SendAsync(host, "/api/chat", Question);
        var lines = await response.LinesAsync();
        Assert.Equal("a", lines[0].GetProperty("message").GetProperty("content").GetString());
        Assert.Contains(expected, lines[^1].Error(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_end_without_its_word_is_an_end_when_a_reason_was_given()
    {
        await using var node = await ScriptedNode.StartAsync(context => EventsAsync(context, Piece("""{"content":"a"}""") + Piece("{}", "\"length\"")));
        await using var host = await OnAsync(node);
        using var response = await SendAsync(host, "/api/chat", Question);
        Assert.Equal("length", (await response.LinesAsync())[^1].GetProperty("done_reason").GetString());
    }

    [Theory]
    [InlineData(400, """{"error":{"message":"this model's maximum context length is 4096"}}""", HttpStatusCode.BadRequest, "maximum context length")]
    [InlineData(429, """{"error":{"message":"slow down"}}""", HttpStatusCode.TooManyRequests, "slow down")]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: sk-se*ret"}}""", HttpStatusCode.BadGateway, "could not answer")]
    [InlineData(403, """{"error":{"message":"flagged by moderation"}}""", HttpStatusCode.Forbidden, "flagged")]
    [InlineData(500, "<html>", HttpStatusCode.BadGateway, "could not answer")]
    public async Task An_error_is_translated_and_a_refused_key_is_not_shown(int status, string body, HttpStatusCode expected, string words)
    {
        await using var node = await ScriptedNode.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return ScriptedNode.SendAsync(context, body, body.StartsWith('{') ? "application/json" : "text/html");
        });
        await using var host = await OnAsync(node);
        foreach (var path in new[] { "/api/chat", "/v1/chat/completions" })
        {
            using var response = await SendAsync(host, path, Question);
            Assert.Equal(expected, response.StatusCode);
            var answer = await response.JsonAsync();
            Assert.Equal(path == "/api/chat" ? JsonValueKind.String : JsonValueKind.Object, answer.GetProperty("error").ValueKind);
            Assert.Contains(words, answer.Error(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_same_protocol_passes_as_it_came()
    {
        const string Asked = """{ "model" : "tiny:latest", "messages":[],  "unknown":{"deep":[1.50,null]} }""";
        const string Answered = "data: {\"x\": 1.50}\n\n: note\n\ndata: [DONE]\n\n";
        await using var node = await ScriptedNode.StartAsync(context => EventsAsync(context, Answered));
        await using var host = await OnAsync(node);
        using var response = await SendAsync(host, "/v1/chat/completions", Asked);
        Assert.Equal(Answered, await response.Content.ReadAsStringAsync());
        Assert.Equal(Asked, Assert.Single(node.Requests).Body);
    }

    [Theory]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"url":"http://169.254.169.254/latest"}}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"detail":{"a":1},"url":"file:///etc/passwd"}}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"image_url","image_url":{"image_url":{},"url":"http://169.254.169.254/latest"}}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"file","file_url":[{"a":{"url":"http://internal/x"}}]}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"input_image","image\u005furl":"//internal/x"}]}""")]
    [InlineData("""{"role":"user","content":[{"type":"video_url","video_url":{"\u0075rl":"https://internal/x"}}]}""")]
    public async Task A_request_cannot_make_a_node_fetch_from_another_host(string message)
    {
        await using var node = await ScriptedNode.StartAsync(context => EventsAsync(context, Done));
        await using var host = await OnAsync(node);
        using var response = await SendAsync(host, "/v1/chat/completions", $$"""{"model":"tiny","messages":[{{message}}]}""");
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("data: URLs", (await response.JsonAsync()).Error(), StringComparison.Ordinal);
        Assert.Empty(node.Requests);
        using var allowed = await SendAsync(host, "/v1/chat/completions", """{"model":"tiny","messages":[{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},{"type":"text","text":"see http://x","url":"http://x"}]}]}""");
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
    }

    [Theory]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":5}]}""")]
    [InlineData("""{"model":"tiny","messages":[null]}""")]
    [InlineData("""{"model":"tiny","messages":[{"role":"assistant","tool_calls":[null]}]}""")]
    [InlineData("""{"model":"tiny","messages":[{"role":"user","content":"\ud800"}]}""")]
    public async Task A_request_that_is_none_of_ollamas_is_the_clients_mistake(string body)
    {
        await using var node = await ScriptedNode.StartAsync(context => EventsAsync(context, Done));
        await using var host = await OnAsync(node);
        using var response = await SendAsync(host, "/api/chat", body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(node.Requests);
    }

    private static JsonElement Message(JsonElement line) => line.GetProperty("message");

    private static string Piece(string delta, string reason = "null") => $$"""data: {"choices":[{"index":0,"delta":{{delta}},"finish_reason":{{reason}}}]}""" + "\n\n";

    private static Task EventsAsync(HttpContext context, string events) => ScriptedNode.SendAsync(context, events, "text/event-stream");

    private static void AssertJson(string expected, string actual) => Assert.Equal(Normalised(expected), Normalised(actual));

    private static string Normalised(string json) => JsonSerializer.Serialize(JsonDocument.Parse(json).RootElement);

    private static Task<ModelHostUnderTest> OnAsync(ScriptedNode node, params (string Key, string? Value)[] settings) =>
        ModelHostUnderTest.WithAsync([("Nodes:0:Url", node.Address.ToString()), ("Nodes:0:Kind", "openai"), .. settings]);

    private static Task<HttpResponseMessage> SendAsync(ModelHostUnderTest host, string path, string body) =>
        host.Client.PostAsync(path, new StringContent(body, Encoding.UTF8, "application/json"));
}
