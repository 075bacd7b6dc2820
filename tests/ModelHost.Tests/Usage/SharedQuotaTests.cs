using System.Net;
using Lyceum.Testing;

namespace Lyceum.ModelHost.Tests.Usage;

/// <summary>Two replicas of ModelHost that count in one real Redis.</summary>
public sealed class SharedQuotaTests(RedisServer redis) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private ScriptedNode _node = null!;
    private ModelHostUnderTest _one = null!;
    private ModelHostUnderTest _other = null!;

    public async Task InitializeAsync()
    {
        _node = await ScriptedNode.StartAsync(context => ScriptedNode.SendAsync(context, Replicas.Answer));
        _one = await StartAsync();
        _other = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _one.DisposeAsync();
        await _other.DisposeAsync();
        await _node.DisposeAsync();
    }

    [Fact]
    public async Task What_one_replica_spends_the_other_one_counts()
    {
        var sam = $"sam-{Guid.NewGuid():N}";
        foreach (var replica in (ModelHostUnderTest[])[_one, _other, _one])
        {
            Assert.Equal(HttpStatusCode.OK, await replica.AskAsync(sam));
            await SettledAsync(replica, sam);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await _other.AskAsync(sam));
        Assert.Equal(HttpStatusCode.TooManyRequests, await _one.AskAsync(sam));
        using var usage = await _other.SendAsAsync(TestIdentity.Student(sam), HttpMethod.Get, "/usage");
        var quota = Assert.Single((await usage.JsonAsync()).GetProperty("quotas").EnumerateArray());
        Assert.Equal(("user_day", 300), (quota.GetProperty("name").GetString(), quota.GetProperty("used").GetInt32()));
        Assert.Equal(HttpStatusCode.OK, await _other.AskAsync($"kim-{Guid.NewGuid():N}"));
    }

    [Fact]
    public async Task Many_at_once_over_both_replicas_do_not_pass_the_limit_together()
    {
        var sam = $"sam-{Guid.NewGuid():N}";
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => (i % 2 == 0 ? _one : _other).AskAsync(sam)));
        // Each is charged 256 tokens by estimate while it runs, and 100 in the end, of 250.
        Assert.InRange(answers.Count(status => status == HttpStatusCode.OK), 1, 3);
        Assert.Contains(HttpStatusCode.TooManyRequests, answers);
    }

    [Fact]
    public async Task A_node_that_drains_by_the_word_of_one_replica_drains_for_the_other()
    {
        var path = $"/nodes/{_node.Address.Authority}";
        foreach (var drain in new[] { true, false })
        {
            using var change = await _one.SendAsAsync(TestIdentity.Owner(), HttpMethod.Patch, path, new { drain });
            Assert.Equal(HttpStatusCode.OK, change.StatusCode);
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while ((await (await _other.SendAsAsync(TestIdentity.Owner(), HttpMethod.Get, path)).JsonAsync()).GetProperty("drain").GetBoolean() != drain)
            {
                await Task.Delay(100, limit.Token);
            }
        }
    }

    [Fact]
    public async Task Without_redis_each_replica_counts_for_itself_and_models_run_on()
    {
        await using var own = new RedisServer();
        await own.StartAsync();
        await using var host = await StartAsync(own);
        var sam = $"sam-{Guid.NewGuid():N}";
        Assert.Equal(HttpStatusCode.OK, await host.AskAsync(sam));
        await SettledAsync(host, sam);
        await own.KillAsync();
        foreach (var _ in (int[])[1, 2])
        {
            Assert.Equal(HttpStatusCode.OK, await host.AskAsync(sam));
            await SettledAsync(host, sam);
        }

        Assert.Equal(HttpStatusCode.TooManyRequests, await host.AskAsync(sam));
        using var ready = await host.Client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

        // A new Redis knows nothing of what was counted.
        await own.StartAsync();
        using var limit = new CancellationTokenSource(Replicas.Limit);
        while (await host.AskAsync(sam) != HttpStatusCode.OK)
        {
            await Task.Delay(200, limit.Token);
        }
    }

    [Fact]
    public async Task What_was_charged_while_redis_was_away_is_not_taken_off_what_it_counts()
    {
        await using var own = new RedisServer();
        var open = new TaskCompletionSource();
        await using var slow = await AnswersAfterAsync(open.Task);
        await own.StartAsync();
        await using var host = await Replicas.StartAsync(slow, own.PatientConnectionString, tokensPerDay: 1_000_000);
        await own.KillAsync();
        var sam = $"sam-{Guid.NewGuid():N}";
        var charged = host.AskAsync(sam);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await AskedAsync(slow, limit.Token);
        await own.StartAsync();
        await using var other = await StartAsync(own);
        Assert.Equal(HttpStatusCode.OK, await other.AskAsync(sam));
        // By estimate it is more as long as the replica counts alone.
        await host.UsageAsync(TestIdentity.Student(sam), usage => usage.Charged() == 100);
        open.SetResult();
        Assert.Equal(HttpStatusCode.OK, await charged);
        // What the replica charges from now on comes on top, once it has found Redis again for good.
        using var patience = new CancellationTokenSource(Replicas.Limit);
        for (var isShared = false; !isShared; await Task.Delay(100, patience.Token))
        {
            Assert.Equal(HttpStatusCode.OK, await host.AskAsync(sam));
            var usage = await other.UsageAsync(TestIdentity.Student(sam), usage => usage.Charged() % 100 == 0);
            Assert.True(usage.Charged() >= 100, $"{usage}");
            isShared = usage.Charged() > 100;
        }
    }

    [Fact]
    public async Task A_charge_whose_answer_was_given_up_is_taken_back()
    {
        await using var own = new RedisServer();
        await own.StartAsync();
        await using var host = await Replicas.StartAsync(_node, own.ConnectionString, tokensPerDay: 1_000_000);
        await using var other = await Replicas.StartAsync(_node, own.PatientConnectionString, tokensPerDay: 1_000_000);
        var sam = $"sam-{Guid.NewGuid():N}";
        await own.FreezeAsync();
        // Charged by the replica itself, and a second time in what Redis has been sent.
        Assert.Equal(HttpStatusCode.OK, await host.AskAsync(sam));
        await own.ThawAsync();
        await host.UsageAsync(TestIdentity.Student(sam), usage => usage.GetProperty("counted").GetString() == "all_replicas");
        await other.UsageAsync(TestIdentity.Student(sam), usage => usage.Charged() == 0);
    }

    [Fact]
    public async Task An_answer_does_not_wait_for_a_redis_that_hangs_and_its_estimate_is_corrected_later()
    {
        await using var own = new RedisServer();
        await own.StartAsync();
        var open = new TaskCompletionSource();
        await using var slow = await AnswersAfterAsync(open.Task);
        // Who waits for Redis waits for a minute.
        await using var host = await Replicas.StartAsync(slow, own.PatientConnectionString, tokensPerDay: 1_000_000);
        var sam = $"sam-{Guid.NewGuid():N}";
        var asked = host.AskAsync(sam);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await AskedAsync(slow, limit.Token);
        await own.FreezeAsync();
        open.SetResult();
        Assert.Equal(HttpStatusCode.OK, await asked.WaitAsync(limit.Token));
        await own.ThawAsync();
        await host.UsageAsync(TestIdentity.Student(sam), usage => usage.Charged() == 100);
    }

    /// <summary>A node that holds back what it is asked.</summary>
    private static Task<ScriptedNode> AnswersAfterAsync(Task open) => ScriptedNode.StartAsync(async context =>
    {
        await open;
        await ScriptedNode.SendAsync(context, Replicas.Answer);
    });

    private static async Task AskedAsync(ScriptedNode node, CancellationToken cancellationToken)
    {
        while (node.Requests.IsEmpty)
        {
            await Task.Delay(20, cancellationToken);
        }
    }

    private Task<ModelHostUnderTest> StartAsync(RedisServer? other = null) => Replicas.StartAsync(_node, (other ?? redis).PatientConnectionString, tokensPerDay: 250);

    /// <summary>Waits until the estimate that a run is charged has given way to the 100 tokens that it took, which is after its answer.</summary>
    private static Task SettledAsync(ModelHostUnderTest host, string user) => host.UsageAsync(TestIdentity.Student(user), usage => usage.Charged() % 100 == 0);
}
