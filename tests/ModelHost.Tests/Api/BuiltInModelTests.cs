using System.Net;
using System.Text.Json;

namespace Lyceum.ModelHost.Tests.Api;

public sealed class BuiltInModelTests(ModelHostUnderTest host) : IClassFixture<ModelHostUnderTest>
{
    private static readonly object[] Hello = [new { role = "user", content = "NameError: name 'df' is not defined" }];

    [Fact]
    public async Task Without_a_node_both_lists_have_the_built_in_model_only()
    {
        var tags = await host.GetAsync("/api/tags");
        var entry = Assert.Single(tags.GetProperty("models").EnumerateArray());
        Assert.Equal("lyceum-hints", entry.GetProperty("name").GetString());
        Assert.Equal("completion", Assert.Single(entry.GetProperty("capabilities").EnumerateArray()).GetString());
        var models = await host.GetAsync("/v1/models");
        Assert.Equal("lyceum-hints", Assert.Single(models.GetProperty("data").EnumerateArray()).GetProperty("id").GetString());
        Assert.Empty((await host.GetAsync("/api/ps")).GetProperty("models").EnumerateArray());
    }

    [Theory]
    [InlineData("tutor")]
    [InlineData("tutor:latest")]
    [InlineData("lyceum-hints")]
    [InlineData("Lyceum-Hints:latest")]
    public async Task A_chat_streams_words_by_default_and_ends_with_figures(string model)
    {
        var response = await host.PostAsync("/api/chat", new { model, messages = Hello });
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal("lyceum-hints", response.Model());
        var chunks = await response.LinesAsync();
        Assert.True(chunks.Count > 20, $"{chunks.Count} chunks are no stream of words.");
        Assert.All(chunks.SkipLast(1), chunk => Assert.False(chunk.GetProperty("done").GetBoolean()));
        Assert.Contains("`df`", chunks.Text(), StringComparison.Ordinal);
        var last = chunks[^1];
        Assert.True(last.GetProperty("done").GetBoolean());
        Assert.Equal("stop", last.GetProperty("done_reason").GetString());
        Assert.Equal(chunks.Count - 1, last.GetProperty("eval_count").GetInt32());
        Assert.Equal(6, last.GetProperty("prompt_eval_count").GetInt32());
        Assert.Equal(model, last.GetProperty("model").GetString());
    }

    [Fact]
    public async Task All_ways_to_ask_give_the_same_text()
    {
        var streamed = (await (await host.PostAsync("/api/chat", new { model = "tutor", messages = Hello })).LinesAsync()).Text();
        var whole = await (await host.PostAsync("/api/chat", new { model = "tutor", stream = false, messages = Hello })).JsonAsync();
        Assert.Equal(streamed, whole.GetProperty("message").GetProperty("content").GetString());
        var generated = await (await host.PostAsync("/api/generate", new { model = "tutor", stream = false, prompt = "NameError: name 'df' is not defined" })).JsonAsync();
        Assert.Equal(streamed, generated.GetProperty("response").GetString());
        var openAi = await (await host.PostAsync("/v1/chat/completions", new { model = "tutor", messages = Hello })).JsonAsync();
        var choice = openAi.GetProperty("choices")[0];
        Assert.Equal(streamed, choice.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("stop", choice.GetProperty("finish_reason").GetString());
        object[] parts = [new { role = "user", content = new object[] { new { type = "text", text = "NameError: name 'df' is not defined" } } }];
        var inParts = await (await host.PostAsync("/v1/chat/completions", new { model = "tutor", messages = parts })).JsonAsync();
        Assert.Equal(streamed, inParts.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task OpenAi_streams_events_with_usage_when_asked()
    {
        var response = await host.PostAsync("/v1/chat/completions", new { model = "tutor", stream = true, stream_options = new { include_usage = true }, messages = Hello });
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        var events = await response.EventsAsync();
        Assert.Equal("[DONE]", events[^1]);
        JsonElement[] chunks = [.. events.SkipLast(1).Select(data => JsonDocument.Parse(data).RootElement)];
        Assert.Equal("assistant", chunks[0].GetProperty("choices")[0].GetProperty("delta").GetProperty("role").GetString());
        Assert.Equal(JsonValueKind.Null, chunks[0].GetProperty("choices")[0].GetProperty("finish_reason").ValueKind);
        Assert.Equal("stop", chunks[^2].GetProperty("choices")[0].GetProperty("finish_reason").GetString());
        var usage = chunks[^1].GetProperty("usage");
        Assert.Equal(6 + usage.GetProperty("completion_tokens").GetInt32(), usage.GetProperty("total_tokens").GetInt32());
        Assert.Single(chunks.Select(chunk => chunk.GetProperty("id").GetString()).Distinct());
    }

    [Fact]
    public async Task A_limit_of_tokens_cuts_the_answer_and_says_so()
    {
        var chunks = await (await host.PostAsync("/api/chat", new { model = "tutor", options = new { num_predict = 3 }, messages = Hello })).LinesAsync();
        Assert.Equal(4, chunks.Count);
        Assert.Equal("length", chunks[^1].GetProperty("done_reason").GetString());
        var openAi = await (await host.PostAsync("/v1/chat/completions", new { model = "tutor", max_tokens = 3, messages = Hello })).JsonAsync();
        Assert.Equal("length", openAi.GetProperty("choices")[0].GetProperty("finish_reason").GetString());
    }

    [Fact]
    public async Task It_says_that_it_is_no_language_model()
    {
        var shown = await (await host.PostAsync("/api/show", new { model = "lyceum-hints" })).JsonAsync();
        Assert.Contains("not a language model", shown.GetProperty("modelfile").GetString(), StringComparison.Ordinal);
        Assert.Equal(shown.GetProperty("modelfile").GetString(), (await (await host.PostAsync("/api/show", new { name = "tutor" })).JsonAsync()).GetProperty("modelfile").GetString());
    }

    [Fact]
    public async Task An_empty_chat_loads_and_unloads_as_with_Ollama()
    {
        var loaded = await (await host.PostAsync("/api/chat", new { model = "tutor" })).JsonAsync();
        Assert.Equal("load", loaded.GetProperty("done_reason").GetString());
        var unloaded = await (await host.PostAsync("/api/generate", new { model = "tutor", keep_alive = 0 })).JsonAsync();
        Assert.Equal("unload", unloaded.GetProperty("done_reason").GetString());
    }

    [Theory]
    [InlineData("/api/chat", """{"model":"tutor","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function"}]}""", "tools")]
    [InlineData("/api/chat", """{"model":"tutor","messages":[{"role":"user","content":"x"}],"format":"json"}""", "structured output")]
    [InlineData("/api/chat", """{"model":"tutor","messages":[{"role":"user","content":"x"}],"think":true}""", "thinking")]
    [InlineData("/v1/chat/completions", """{"model":"tutor","messages":[{"role":"user","content":"x"}],"response_format":{"type":"json_object"}}""", "structured output")]
    [InlineData("/api/embed", """{"model":"tutor","input":"x"}""", "embeddings")]
    [InlineData("/v1/embeddings", """{"model":"tutor","input":"x"}""", "embeddings")]
    public async Task What_a_catalogue_cannot_do_is_refused_by_name(string path, string body, string feature)
    {
        using var content = new StringContent(body);
        var response = await host.Client.PostAsync(path, content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal($"\"tutor\" does not support {feature}", (await response.JsonAsync()).Error());
    }
}
