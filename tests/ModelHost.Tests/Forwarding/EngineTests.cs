using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.ModelHost.Tests.Forwarding;

/// <summary>Against a real llama.cpp engine.</summary>
public sealed class EngineTests(EngineNode engine) : IClassFixture<EngineNode>, IAsyncLifetime
{
    private static readonly object[] Hello = [new { role = "user", content = "Hello" }];
    private static readonly object Short = new { num_predict = 8, seed = 3 };
    private ModelHostUnderTest _host = null!;

    public async Task InitializeAsync() => _host = await ModelHostUnderTest.WithNodesAsync(engine.Address);

    public Task DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData("tiny")]
    [InlineData("TINY:latest")]
    [InlineData("tutor")]
    public async Task A_chat_streams_the_engines_tokens(string model)
    {
        var response = await _host.PostAsync("/api/chat", new { model, messages = Hello, options = Short });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(model == "tiny" ? "tiny" : "tiny:latest", response.Model());
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType?.MediaType);
        var chunks = await response.LinesAsync();
        Assert.True(chunks.Count > 2);
        Assert.True(chunks[^1].GetProperty("done").GetBoolean());
        Assert.InRange(chunks[^1].GetProperty("eval_count").GetInt32(), 1, 8);
    }

    [Fact]
    public async Task Generate_answers_whole_when_asked_to()
    {
        var answer = await (await _host.PostAsync("/api/generate", new { model = "tiny", prompt = "Hello", stream = false, options = Short })).JsonAsync();
        Assert.NotEqual("", answer.GetProperty("response").GetString());
        Assert.True(answer.GetProperty("done").GetBoolean());
    }

    [Fact]
    public async Task OpenAi_streams_events_and_embeds()
    {
        var events = await (await _host.PostAsync("/v1/chat/completions", new { model = "tutor", messages = Hello, stream = true, max_tokens = 8 })).EventsAsync();
        Assert.Equal("[DONE]", events[^1]);
        Assert.True(events.Count > 3);
        var embedded = await (await _host.PostAsync("/v1/embeddings", new { model = "embed", input = "Hello" })).JsonAsync();
        Assert.Equal(64, embedded.GetProperty("data")[0].GetProperty("embedding").GetArrayLength());
        var ollama = await (await _host.PostAsync("/api/embed", new { model = "embed", input = new[] { "a", "b" } })).JsonAsync();
        Assert.Equal(2, ollama.GetProperty("embeddings").GetArrayLength());
    }

    [Fact]
    public async Task Lists_show_the_nodes_models_and_not_the_built_in_one()
    {
        var tags = await _host.GetAsync("/api/tags");
        Assert.Equal(["embed:latest", "tiny:latest"], tags.GetProperty("models").EnumerateArray().Select(entry => entry.GetProperty("name").GetString()));
        Assert.Equal("0.0.0-mini", (await _host.GetAsync("/api/version")).GetProperty("version").GetString());
        Assert.Equal("tiny:latest", (await _host.GetAsync("/v1/models/tiny:latest")).GetProperty("id").GetString());
        var shown = await (await _host.PostAsync("/api/show", new { model = "tutor" })).JsonAsync();
        Assert.Equal("chatml", shown.GetProperty("template").GetString());
        await _host.PostAsync("/api/generate", new { model = "tiny" });
        Assert.Contains((await _host.GetAsync("/api/ps")).GetProperty("models").EnumerateArray(), entry => entry.GetProperty("name").GetString() == "tiny:latest");
        Assert.Equal(HttpStatusCode.NotFound, (await _host.PostAsync("/api/chat", new { model = "lyceum-hints", messages = Hello })).StatusCode);
    }

    [Fact]
    public async Task The_nodes_own_errors_are_passed_on()
    {
        var response = await _host.PostAsync("/api/chat", new { model = "embed", messages = Hello });
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("\"embed\" does not support chat", (await response.JsonAsync()).Error());
    }

    [Fact]
    public async Task A_client_that_goes_away_frees_the_engine()
    {
        // The grammar forces 4000 properties: left alone, this takes minutes.
        var properties = Enumerable.Range(0, 4000).ToDictionary(i => $"property number {i} of many", _ => new { type = "boolean" });
        using var body = System.Net.Http.Json.JsonContent.Create(new { model = "tiny", messages = Hello, format = new { type = "object", properties }, options = new { num_predict = 100_000 } });
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat") { Content = body };
        using (var response = await _host.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead))
        {
            using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
            Assert.False(JsonDocument.Parse((await reader.ReadLineAsync())!).RootElement.GetProperty("done").GetBoolean());
            Assert.Equal(1, await engine.BusyAsync());
        }

        var gone = Stopwatch.StartNew();
        while (await engine.BusyAsync() > 0)
        {
            Assert.True(gone.Elapsed < TimeSpan.FromSeconds(30), "The engine still works for a client that is gone.");
        }
    }
}
