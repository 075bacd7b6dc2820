using System.Net;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.ModelHost.Tests.Usage;

/// <summary>What replicas of ModelHost say of each other's use, over a real Redis.</summary>
public sealed class SharedUsageTests : IAsyncLifetime
{
    private readonly RedisServer _redis = new();
    private ScriptedNode _node = null!;

    public async Task InitializeAsync()
    {
        await _redis.StartAsync();
        _node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Replicas.Answer));
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _redis.DisposeAsync();
    }

    [Fact]
    public async Task Every_replica_answers_for_all_also_for_one_that_is_gone()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        var gone = await StartAsync();
        foreach (var replica in (ModelHostUnderTest[])[one, other, other, gone])
        {
            Assert.Equal(HttpStatusCode.OK, await replica.AskAsync("sam"));
        }

        Assert.Equal(HttpStatusCode.OK, await one.AskAsync("kim"));
        await gone.DisposeAsync();
        await using var fresh = await StartAsync();
        foreach (var replica in (ModelHostUnderTest[])[one, other, fresh])
        {
            var sams = await replica.UsageAsync(TestIdentity.Student("sam"), usage => Requests(usage) == 4);
            Assert.Equal("all_replicas", sams.GetProperty("counted").GetString());
            var entry = Assert.Single(sams.GetProperty("entries").EnumerateArray());
            Assert.Equal((280, 120, "tiny"), (entry.GetProperty("input_tokens").GetInt32(), entry.GetProperty("output_tokens").GetInt32(), entry.GetProperty("model").GetString()));
            Assert.Equal(JsonValueKind.Null, entry.GetProperty("node").ValueKind);
            var course = await replica.UsageAsync(TestIdentity.Instructor(), usage => Requests(usage) == 5);
            Assert.Equal(["account-sam", "account-kim"], course.GetProperty("entries").EnumerateArray().Select(of => of.GetProperty("user").GetString()));
            Assert.Equal(0, Requests(await replica.UsageAsync(TestIdentity.Instructor("ines", "far"), _ => true)));
            var all = await replica.UsageAsync(TestIdentity.Owner(), usage => Requests(usage) == 5);
            Assert.All(all.GetProperty("entries").EnumerateArray(), of => Assert.Equal(_node.Address.Authority, of.GetProperty("node").GetString()));
        }
    }

    [Fact]
    public async Task Without_redis_a_replica_answers_for_itself_and_says_so_and_tells_a_new_redis_everything()
    {
        await using var one = await StartAsync();
        await using var other = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, await one.AskAsync("sam"));
        Assert.Equal(HttpStatusCode.OK, await other.AskAsync("sam"));
        await other.UsageAsync(TestIdentity.Student("sam"), usage => Requests(usage) == 2);
        await _redis.KillAsync();
        var alone = await other.UsageAsync(TestIdentity.Student("sam"), usage => usage.GetProperty("counted").GetString() == "this_replica");
        Assert.Equal(1, Requests(alone));
        Assert.Equal(HttpStatusCode.OK, await other.AskAsync("sam"));
        Assert.Equal(2, Requests(await other.UsageAsync(TestIdentity.Student("sam"), _ => true)));

        await _redis.StartAsync();
        foreach (var replica in (ModelHostUnderTest[])[one, other])
        {
            await replica.UsageAsync(TestIdentity.Student("sam"), usage => usage.GetProperty("counted").GetString() == "all_replicas" && Requests(usage) == 3);
        }
    }

    private static long Requests(JsonElement usage) => usage.GetProperty("entries").EnumerateArray().Sum(entry => entry.GetProperty("requests").GetInt64());

    private Task<ModelHostUnderTest> StartAsync() => Replicas.StartAsync(_node, _redis.PatientConnectionString, tokensPerDay: 0);
}
