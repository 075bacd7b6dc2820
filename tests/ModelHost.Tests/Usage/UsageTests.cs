using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ModelHost.Usage;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Lyceum.ModelHost.Tests.Usage;

public sealed class UsageTests
{
    private const string Answer = """{"message":{"role":"assistant","content":"x"},"done":true,"prompt_eval_count":70,"eval_count":30}""" + "\n";
    private static readonly CallerIdentity Owner = new("owner", "owner", "learner-owner", "default", [Roles.Owner, Roles.Instructor]);

    [Fact]
    public async Task Tokens_are_counted_for_who_may_see_them()
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Answer));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        await AskAsync(host, TestIdentity.Student("sam"));
        await AskAsync(host, TestIdentity.Student("sam"));
        await AskAsync(host, TestIdentity.Student("kim"));
        await AskAsync(host, TestIdentity.Student("far", "other"));

        var own = Assert.Single(await EntriesAsync(host, TestIdentity.Student("sam")));
        Assert.Equal((2, 140, 60), (own.GetProperty("requests").GetInt32(), own.GetProperty("input_tokens").GetInt32(), own.GetProperty("output_tokens").GetInt32()));
        Assert.Equal("tiny", own.GetProperty("model").GetString());
        Assert.Equal(JsonValueKind.Null, own.GetProperty("node").ValueKind);
        Assert.Equal(["account-sam", "account-kim"], (await EntriesAsync(host, TestIdentity.Instructor())).Select(entry => entry.GetProperty("user").GetString()));
        var all = await EntriesAsync(host, Owner);
        Assert.Equal(3, all.Count);
        Assert.All(all, entry => Assert.Equal(node.Address.Authority, entry.GetProperty("node").GetString()));
    }

    [Fact]
    public async Task What_a_broken_stream_has_brought_is_counted_by_pieces()
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, """{"message":{"content":"x"},"done":false}""" + "\n" + """{"message":{"content":"y"},"done":false}""" + "\n"));
        await using var host = await ModelHostUnderTest.WithNodesAsync(node.Address);
        await AskAsync(host, TestIdentity.Student());
        Assert.Equal(2, Assert.Single(await EntriesAsync(host, TestIdentity.Student())).GetProperty("output_tokens").GetInt32());
    }

    [Fact]
    public async Task What_a_node_does_not_tell_is_charged_by_estimate()
    {
        await using var node = await ScriptedNode.StartAsync(context => context.Request.Path.Value switch
        {
            "/v1/chat/completions" => ScriptedNode.SendAsync(context, "data: {\"choices\":[]}\n\ndata: {\"choices\":[]}\n\ndata: {\"choices\":[]}\n\ndata: [DONE]\n\n", "text/event-stream"),
            "/v1/embeddings" => ScriptedNode.SendAsync(context, """{"object":"list","data":[],"usage":{"prompt_tokens":-7}}""", "application/json"),
            "/api/chat" => ScriptedNode.SendAsync(context, """{"message":{"role":"assistant","content":""},"done_reason":"load","done":true}""", "application/json"),
            // More than is held back, so that its figures are not read.
            _ => ScriptedNode.SendAsync(context, $$"""{"response":"{{new string('y', 300 * 1024)}}","done":true}""", "application/json"),
        });
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0", node.Address.ToString()), ("Quotas:UserTokensPerDay", "1000000"));
        var text = new string('x', 2000);
        await UsedAsync("/v1/chat/completions", new { model = "tiny", stream = true, messages = new[] { new { role = "user", content = new[] { new { type = "text", text }, new { type = "text", text } } } } }, 1002 + 3);
        await UsedAsync("/api/generate", new { model = "tiny", stream = false, prompt = text + text }, 1005 + 1000 + 256);
        await UsedAsync("/v1/embeddings", new { model = "tiny", input = new[] { text, text } }, 2261 + 1000);
        await UsedAsync("/api/chat", new { model = "tiny", messages = Array.Empty<object>() }, 3261);
        var entry = Assert.Single(await EntriesAsync(host, TestIdentity.Student()));
        Assert.Equal((4, 3261), (entry.GetProperty("requests").GetInt32(), entry.GetProperty("input_tokens").GetInt32() + entry.GetProperty("output_tokens").GetInt32()));

        async Task UsedAsync(string path, object body, int expected)
        {
            using var response = await host.PostAsync(path, body);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            await response.Content.ReadAsStringAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while ((await host.GetAsync("/usage")).GetProperty("quotas")[0].GetProperty("used").GetInt32() is var used && used != expected)
            {
                Assert.False(limit.IsCancellationRequested, $"{path}: {used} and not {expected}");
                await Task.Delay(20);
            }
        }
    }

    [Fact]
    public async Task A_quota_that_is_used_up_is_429_until_it_begins_anew()
    {
        await using var node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Answer));
        await using var host = await ModelHostUnderTest.WithAsync(("Nodes:0", node.Address.ToString()), ("Quotas:UserTokensPerDay", "150"));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, TestIdentity.Student()));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, TestIdentity.Student()));
        foreach (var path in new[] { "/api/chat", "/v1/chat/completions" })
        {
            using var refused = await host.PostAsync(path, new { model = "tiny", messages = new[] { new { role = "user", content = "x" } } });
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.True(refused.Headers.RetryAfter!.Delta > TimeSpan.Zero);
            Assert.EndsWith("T00:00:00Z", Assert.Single(refused.Headers.GetValues("X-Lyceum-Quota-Reset")), StringComparison.Ordinal);
            Assert.Contains("user_day of 150 tokens", (await refused.JsonAsync()).Error(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, await AskAsync(host, TestIdentity.Student("kim")));
    }

    [Fact]
    public async Task Minutes_and_days_begin_anew()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 3, 1, 23, 58, 0, TimeSpan.Zero));
        var quotas = new Quotas(new QuotaWindows(Options.Create(new QuotaOptions { UserTokensPerMinute = 10, CourseTokensPerDay = 25 }), time), new LocalQuotaCounters(time));
        await UseAsync(quotas, "u", 10);
        Assert.Equal("user_minute", (await quotas.TryHoldAsync("c", "u", 1)).Exhausted!.Name);
        time.Advance(TimeSpan.FromSeconds(61));
        await UseAsync(quotas, "v", 15);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), (await quotas.TryHoldAsync("c", "u", 1)).Exhausted!.ResetsAt);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.All(await quotas.OfAsync("c", "u"), quota => Assert.Equal(0, quota.Used));
        await UseAsync(quotas, "u", 1);
    }

    [Fact]
    public async Task What_is_under_way_counts_by_estimate_until_it_is_known()
    {
        var time = new FakeTimeProvider();
        var quotas = new Quotas(new QuotaWindows(Options.Create(new QuotaOptions { UserTokensPerDay = 100 }), time), new LocalQuotaCounters(time));
        var (first, _) = await quotas.TryHoldAsync("c", "u", 60);
        var (second, _) = await quotas.TryHoldAsync("c", "u", 60);
        Assert.Null((await quotas.TryHoldAsync("c", "u", 1)).Hold);
        first!.Add(20);
        await first.DisposeAsync();
        await second!.DisposeAsync();
        Assert.Equal(20, Assert.Single(await quotas.OfAsync("c", "u")).Used);
    }

    private static async Task UseAsync(Quotas quotas, string user, long tokens)
    {
        var (hold, _) = await quotas.TryHoldAsync("c", user, tokens);
        hold!.Add(tokens);
        await hold.DisposeAsync();
    }

    private static async Task<HttpStatusCode> AskAsync(ModelHostUnderTest host, CallerIdentity caller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/chat") { Content = JsonContent.Create(new { model = "tiny", messages = new[] { new { role = "user", content = "x" } } }) };
        request.Headers.Add(IdentityHeader.Name, TestIdentity.Token(caller));
        using var response = await host.Anonymous.SendAsync(request);
        await response.Content.ReadAsStringAsync();
        return response.StatusCode;
    }

    private static async Task<IReadOnlyList<JsonElement>> EntriesAsync(ModelHostUnderTest host, CallerIdentity caller)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/usage");
        request.Headers.Add(IdentityHeader.Name, TestIdentity.Token(caller));
        using var response = await host.Anonymous.SendAsync(request);
        return [.. (await response.JsonAsync()).GetProperty("entries").EnumerateArray()];
    }
}
