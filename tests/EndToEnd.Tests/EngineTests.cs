using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.EndToEnd.Tests;

/// <summary>The suite in front of a real inference engine.</summary>
public sealed class EngineTests
{
    [Fact]
    public async Task The_tutor_answers_from_the_engine_when_a_node_is_configured()
    {
        await using var node = await EngineNode.StartAsync();
        await using var suite = await StartAsync(node);
        using var client = suite.Client();

        using var answer = await client.PostAsJsonAsync("/llm/chat/", new { initial_message = "Hello" });
        answer.EnsureSuccessStatusCode();
        var message = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("message");
        Assert.Equal("tiny:latest", message.GetProperty("model").GetString());
        Assert.NotEqual("", message.GetProperty("content").GetString());

        using var direct = await client.PostAsJsonAsync("/v1/chat/completions", new { model = "tiny", max_tokens = 8, messages = new[] { new { role = "user", content = "Hello" } } });
        direct.EnsureSuccessStatusCode();
        Assert.True((await direct.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("usage").GetProperty("completion_tokens").GetInt32() > 0);
    }

    [Fact]
    public async Task A_node_that_dies_mid_answer_is_an_error_with_the_question_kept_and_a_retry_that_works()
    {
        await using var dying = await EngineNode.StartAsync(new KeyValuePair<string, string>("DIE_AFTER", "2"));
        await using var suite = await StartAsync(dying);
        using var client = suite.Client();

        using var request = new HttpRequestMessage(HttpMethod.Post, "/llm/chat/") { Content = JsonContent.Create(new { initial_message = "Write a long text." }) };
        request.Headers.Accept.ParseAdd("text/event-stream");
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var stream = await response.Content.ReadAsStringAsync();
        Assert.Contains("event: error", stream, StringComparison.Ordinal);

        var sessions = await client.GetFromJsonAsync<JsonElement>("/llm/chat/sessions/");
        var session = sessions.GetProperty("sessions")[0].GetProperty("session_id").GetString();
        var history = await client.GetFromJsonAsync<JsonElement>($"/llm/chat/{session}/history/");
        Assert.Equal("Write a long text.", history.GetProperty("messages")[0].GetProperty("content").GetString());
        Assert.Equal("failed", history.GetProperty("messages")[1].GetProperty("status").GetString());

        // The same node again, which this time lives longer than an answer.
        await dying.KillAsync();
        await using var mended = await EngineNode.StartAsync(new KeyValuePair<string, string>("PORT", $"{dying.Address.Port}"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var retried = await client.PostAsync(new Uri($"/llm/chat/{session}/retry/", UriKind.Relative), null, limit.Token);
            if (retried.IsSuccessStatusCode)
            {
                return;
            }

            Assert.True(retried.StatusCode is HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable, $"{retried.StatusCode}");
            await Task.Delay(500, limit.Token);
        }
    }

    private static Task<Suite> StartAsync(EngineNode node) =>
        Suite.StartAsync(settings: [new("Models__Nodes__0", node.Address.ToString()), new("Models__Tutor", "tiny:latest")]);
}
