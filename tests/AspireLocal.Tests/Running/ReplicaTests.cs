using Lyceum.AspireLocal.Running;

namespace Lyceum.AspireLocal.Tests.Running;

public sealed class ReplicaTests
{
    [Fact]
    public async Task Replicas_take_turns_behind_one_address()
    {
        var builder = TestApplication.NewBuilder();
        var api = builder.AddSample("api").WithReplicas(3);
        await using var app = await TestApplication.StartAsync(builder);
        await app.ReadyAsync("api");

        var answers = new List<string>();
        for (var i = 0; i < 6; i++)
        {
            answers.Add(await SampleResources.GetAsync(api, "/pid"));
        }

        Assert.Equal(3, answers.Distinct().Count());
        Assert.Equal(answers.Take(3), answers.Skip(3));
        Assert.Equal(["api-1", "api-2", "api-3"], app["api"].Instances.Select(instance => instance.Name));
    }

    [Fact]
    public async Task A_replica_that_is_gone_is_passed_over()
    {
        var builder = TestApplication.NewBuilder("--AspireLocal:RestartDelay", "60000", "--AspireLocal:MaxRestartDelay", "60000");
        var api = builder.AddSample("api").WithReplicas(2);
        await using var app = await TestApplication.StartAsync(builder);
        await app.ReadyAsync("api");

        var crashed = await SampleResources.CrashAsync(api);
        await Eventually.Is(() => app["api"].State, state => state == ResourceState.Restarting);

        var answers = new List<string>();
        for (var i = 0; i < 4; i++)
        {
            answers.Add(await SampleResources.GetAsync(api, "/pid"));
        }

        Assert.Single(answers.Distinct());
        Assert.DoesNotContain(crashed, answers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(33)]
    public void A_number_of_replicas_out_of_range_is_refused(int replicas)
    {
        var api = TestApplication.NewBuilder().AddSample("api");

        Assert.Throws<DistributedApplicationException>(() => api.WithReplicas(replicas));
    }
}
