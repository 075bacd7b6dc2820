using System.Net;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.ModelHost.Tests.Forwarding;

/// <summary>Real engines that die.</summary>
public sealed class NodeFailureTests
{
    private static readonly object[] Hello = [new { role = "user", content = "Hello" }];

    [Fact]
    public async Task A_node_that_dies_in_the_middle_ends_the_stream_with_an_error()
    {
        await using var dying = await EngineNode.StartAsync(new KeyValuePair<string, string>("DIE_AFTER", "2"));
        await using var host = await ModelHostUnderTest.WithNodesAsync(dying.Address);
        var chunks = await (await host.PostAsync("/api/chat", new { model = "tiny", messages = Hello, format = new { type = "object", properties = new { one = new { type = "boolean" } } } })).LinesAsync();
        Assert.Equal(3, chunks.Count);
        Assert.False(chunks[1].GetProperty("done").GetBoolean());
        Assert.Contains("stopped before the answer was finished", chunks[2].Error(), StringComparison.Ordinal);

        var response = await host.PostAsync("/v1/chat/completions", new { model = "tiny", messages = Hello, stream = true, response_format = new { type = "json_object" } });
        var events = await response.EventsAsync();
        Assert.Equal(3, events.Count);
        var error = JsonDocument.Parse(events[^1]).RootElement;
        Assert.Contains("stopped before the answer was finished", error.Error(), StringComparison.Ordinal);
        Assert.Equal("api_error", error.GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public async Task While_a_node_loads_slowly_others_wait_for_it_and_know_that_they_do()
    {
        await using var slow = await EngineNode.StartAsync(new KeyValuePair<string, string>("LOAD_MS", "6000"));
        await using var host = await ModelHostUnderTest.WithNodesAsync(slow.Address);
        var first = host.PostAsync("/api/chat", new { model = "tiny", messages = Hello, options = new { num_predict = 3 } });
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while ((await NodeAsync(host)).GetProperty("loading").GetString() is null)
        {
            await Task.Delay(20, limit.Token);
        }

        using var second = await host.PostAsync("/api/chat", new { model = "tiny", messages = Hello, options = new { num_predict = 3 } });
        Assert.Equal("1", Assert.Single(second.Headers.GetValues("X-Lyceum-Queue-Position")));
        Assert.True((await (await first).LinesAsync())[^1].GetProperty("load_duration").GetInt64() > 0);
        Assert.Equal(0, (await second.LinesAsync())[^1].GetProperty("load_duration").GetInt64());
        Assert.Equal("ready", (await NodeAsync(host)).GetProperty("state").GetString());
    }

    [Fact]
    public async Task A_node_that_loads_for_longer_than_allowed_is_left_for_another_one()
    {
        await using var slow = await EngineNode.StartAsync(new KeyValuePair<string, string>("LOAD_MS", "120000"));
        await using var quick = await EngineNode.StartAsync();
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0", slow.Address.ToString()), ("Nodes:1", quick.Address.ToString()), ("Limits:FirstByte", "00:00:05"));
        var answer = await host.PostAsync("/api/chat", new { model = "tiny", messages = Hello, options = new { num_predict = 3 } });
        Assert.True((await answer.LinesAsync())[^1].GetProperty("done").GetBoolean());
    }

    private static async Task<JsonElement> NodeAsync(ModelHostUnderTest host) =>
        (await (await host.SendAsAsync(TestIdentity.Owner(), HttpMethod.Get, "/nodes")).JsonAsync()).GetProperty("nodes")[0];

    [Fact]
    public async Task Another_node_takes_over_when_one_is_killed()
    {
        await using var first = await EngineNode.StartAsync(new KeyValuePair<string, string>("MODELS", "tiny:latest,only-here:latest"));
        await using var second = await EngineNode.StartAsync(new KeyValuePair<string, string>("MODELS", "tiny:latest,only-there:latest"));
        await using var host = await ModelHostUnderTest.WithNodesAsync(first.Address, ModelHostUnderTest.NobodyThere(), second.Address);
        var names = (await host.GetAsync("/api/tags")).GetProperty("models").EnumerateArray().Select(entry => entry.GetProperty("name").GetString());
        Assert.Equal(["only-here:latest", "only-there:latest", "tiny:latest"], names);

        await first.KillAsync();
        for (var i = 0; i < 4; i++)
        {
            var response = await host.PostAsync("/api/chat", new { model = "tiny", messages = Hello, options = new { num_predict = 3 } });
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.True((await response.LinesAsync())[^1].GetProperty("done").GetBoolean());
        }

        var away = await host.PostAsync("/api/chat", new { model = "only-here", messages = Hello });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.Contains("try again", (await away.JsonAsync()).Error(), StringComparison.Ordinal);
        Assert.NotNull(away.Headers.RetryAfter);
    }
}
