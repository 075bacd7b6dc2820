using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Cronos;
using Lyceum.ModelHost.Upkeep;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;

namespace Lyceum.ModelHost.Tests.Upkeep;

/// <summary>Models that are there and loaded before anybody asks, on a real engine that takes its time to load.</summary>
public sealed class UpkeepTests
{
    [Fact]
    public async Task What_is_wanted_is_pulled_and_loaded_on_every_node()
    {
        await using var first = await EngineNode.StartAsync(new("LOAD_MS", "300"), new("MODELS", "tiny:latest"));
        await using var second = await EngineNode.StartAsync(new("LOAD_MS", "300"), new("MODELS", "other:latest"));
        await using var host = await ModelHostUnderTest.WithAsync(
            ("Nodes:0", first.Address.ToString()), ("Nodes:1", second.Address.ToString()),
            ("ModelPolicies:0:Name", "tiny"), ("ModelPolicies:0:Pull", "true"), ("ModelPolicies:0:Warm", "true"), ("ModelPolicies:0:KeepAlive", "2h"),
            ("ModelPolicies:1:Name", "missing:1b"), ("ModelPolicies:1:Pull", "true"));
        foreach (var node in new[] { first, second })
        {
            var loaded = await LoadedAsync(node, "tiny:latest");
            Assert.InRange(loaded.GetProperty("expires_at").GetDateTimeOffset() - DateTimeOffset.UtcNow, TimeSpan.FromMinutes(100), TimeSpan.FromMinutes(120));
        }

        // What cannot be pulled keeps nothing else from being done.
        using var response = await host.PostAsync("/api/chat", new { model = "tiny", messages = new[] { new { role = "user", content = "Hi" } }, options = new { num_predict = 3 } });
        var last = (await response.LinesAsync())[^1];
        Assert.Equal(0, last.GetProperty("load_duration").GetInt64());
    }

    [Fact]
    public async Task At_the_times_of_the_schedule_models_are_loaded()
    {
        await using var node = await EngineNode.StartAsync();
        await using var host = await ModelHostUnderTest.WithAsync(
            ("Nodes:0", node.Address.ToString()), ("Aliases:tutor", "tiny"),
            ("Warmup:Schedule:0:Cron", "* * * * * *"), ("Warmup:Schedule:0:Models", "tutor, absent"), ("Warmup:Schedule:0:KeepAlive", "3h"));
        var loaded = await LoadedAsync(node, "tiny:latest");
        Assert.True(loaded.GetProperty("expires_at").GetDateTimeOffset() - DateTimeOffset.UtcNow > TimeSpan.FromMinutes(170));
    }

    [Theory]
    [InlineData("2026-03-27T12:00:00Z", "2026-03-30T06:45:00Z")] // A Friday; then the Monday after summer time began.
    [InlineData("2026-10-23T12:00:00Z", "2026-10-26T07:45:00Z")]
    public void A_time_of_the_week_is_that_of_the_clock_on_the_wall(string now, string expected) => Assert.Equal(
        DateTimeOffset.Parse(expected, System.Globalization.CultureInfo.InvariantCulture),
        WarmupSchedule.NextAfter(CronExpression.Parse("45 8 * * MON,WED"), DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture), TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")));

    [Theory]
    [InlineData("""{"model":"tutor","messages":[]}""", """{"model":"tiny","keep_alive":"30m","messages":[]}""")]
    [InlineData("""{"messages":[],"model":"tiny"}""", """{"messages":[],"model":"tiny","keep_alive":"30m"}""")]
    [InlineData("""{"model":"tiny","keep_alive":0,"messages":[]}""", """{"model":"tiny","keep_alive":0,"messages":[]}""")]
    public async Task A_request_that_does_not_say_how_long_a_model_stays_gets_its_policy(string asked, string sent)
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, "{\"done\":true}\n"));
        await using var host = await ModelHostUnderTest.WithAsync(
            ("Nodes:0", node.Address.ToString()), ("Aliases:tutor", "tiny"), ("ModelPolicies:0:Name", "tiny:latest"), ("ModelPolicies:0:KeepAlive", "30m"));
        using var content = new StringContent(asked);
        using var response = await host.Client.PostAsync("/api/chat", content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(sent, Assert.Single(node.Requests).Body);
    }

    [Fact]
    public async Task A_pull_that_fails_is_tried_again()
    {
        var pulls = 0;
        await using var node = await ScriptedNode.StartAsync(context => Interlocked.Increment(ref pulls) == 1
            ? ScriptedNode.SendAsync(context, "{\"status\":\"pulling manifest\"}\n{\"error\":\"no route to host\"}\n")
            : ScriptedNode.SendAsync(context, "{\"status\":\"success\"}\n"));
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0", node.Address.ToString()), ("ModelPolicies:0:Name", "wanted"), ("ModelPolicies:0:Pull", "true"));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (node.Requests.Count < 2)
        {
            await Task.Delay(100, limit.Token);
        }

        Assert.All(node.Requests, request => Assert.Equal(("/api/pull", """{"model":"wanted"}"""), (request.Path, request.Body)));
    }

    private static async Task<JsonElement> LoadedAsync(EngineNode node, string model)
    {
        using var client = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var answer = await client.GetFromJsonAsync<JsonElement>(new Uri(node.Address, "/api/ps"), limit.Token);
            if (answer.GetProperty("models").EnumerateArray().Cast<JsonElement?>().FirstOrDefault(entry => entry!.Value.GetProperty("name").GetString() == model) is { } loaded)
            {
                return loaded;
            }

            await Task.Delay(100, limit.Token);
        }
    }
}
