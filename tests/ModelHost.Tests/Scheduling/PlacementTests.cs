using Lyceum.ModelHost.Forwarding;
using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Scheduling;

namespace Lyceum.ModelHost.Tests.Scheduling;

public sealed class PlacementTests
{
    [Fact]
    public void A_node_that_has_the_model_loaded_with_the_same_options_comes_first()
    {
        using var world = SimulatedNodes.With(new NodeSettings(), new NodeSettings(), new NodeSettings());
        world.Load(1, options: "num_ctx=8192");
        world.Load(2);
        for (var i = 0; i < 3; i++)
        {
            using var usual = world.Run(SimulatedNodes.Request());
            Assert.Equal(world.Nodes[2], usual.Given!.Node);
            using var wide = world.Run(SimulatedNodes.Request(options: "num_ctx=8192"));
            Assert.Equal(world.Nodes[1], wide.Given!.Node);
            Assert.False(wide.Given.IsCold);
        }
    }

    [Fact]
    public void A_conversation_returns_to_the_node_that_has_it_in_its_cache_even_if_another_one_is_idler()
    {
        using var world = SimulatedNodes.With(new NodeSettings(), new NodeSettings());
        world.Load(0);
        world.Load(1);
        ModelNode first;
        using (var begun = world.Run(SimulatedNodes.Request(conversation: 7)))
        {
            first = begun.Given!.Node;
        }

        using var other = world.Run(SimulatedNodes.Request());
        using var third = world.Run(SimulatedNodes.Request());
        using var again = world.Run(SimulatedNodes.Request(conversation: 7));
        Assert.Equal(first, again.Given!.Node);
    }

    [Fact]
    public void Otherwise_the_least_outstanding_work_for_its_weight_decides()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Weight = 3, Parallel = 100 }, new NodeSettings { Parallel = 100 });
        world.Load(0);
        world.Load(1);
        var entries = Enumerable.Range(0, 40).Select(_ => world.Run(SimulatedNodes.Request())).ToArray();
        Assert.Equal(30, world.Nodes[0].Work.Running);
        Assert.Equal(10, world.Nodes[1].Work.Running);
        foreach (var entry in entries)
        {
            entry.Dispose();
        }

        Assert.All(world.Nodes, node => Assert.Equal(0, node.Work.Outstanding));
        using var long1 = world.Run(SimulatedNodes.Request(tokens: 4000));
        using var long2 = world.Run(SimulatedNodes.Request(tokens: 100));
        Assert.NotEqual(long1.Given!.Node, long2.Given!.Node);
    }

    [Fact]
    public void One_node_at_a_time_loads_a_model_and_the_others_who_want_it_wait_for_it()
    {
        using var world = SimulatedNodes.With(new NodeSettings(), new NodeSettings());
        using var loading = world.Enter(SimulatedNodes.Request());
        Assert.True(loading.Given!.IsCold);
        using var second = world.Enter(SimulatedNodes.Request());
        Assert.True(second.IsWaiting);

        using var other = world.Enter(SimulatedNodes.Request(model: "small"));
        Assert.True(other.Given!.IsCold);
        Assert.NotEqual(loading.Given.Node, other.Given.Node);

        loading.Given.Began();
        Assert.Equal(loading.Given.Node, second.Given!.Node);
        Assert.False(second.Given.IsCold);
    }

    [Fact]
    public void A_load_that_fails_lets_the_next_one_load()
    {
        using var world = SimulatedNodes.With(new NodeSettings());
        var loading = world.Enter(SimulatedNodes.Request());
        using var second = world.Enter(SimulatedNodes.Request());
        loading.Dispose();
        Assert.True(second.Given!.IsCold);
    }

    [Fact]
    public void When_all_that_have_it_loaded_are_full_another_node_loads_it()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Parallel = 1 }, new NodeSettings { Parallel = 1 });
        using var first = world.Run(SimulatedNodes.Request());
        using var second = world.Enter(SimulatedNodes.Request());
        Assert.True(second.Given!.IsCold);
        Assert.NotEqual(first.Given!.Node, second.Given.Node);
    }

    [Fact]
    public void A_question_about_a_model_waits_for_nobody_and_loads_nothing()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Parallel = 1 });
        using var loading = world.Enter(SimulatedNodes.Request());
        using var asked = world.Enter(SimulatedNodes.Request() with { IsLookup = true });
        asked.Given!.Began();
        asked.Dispose();
        Assert.Equal(1, world.Nodes[0].Work.Running);
        Assert.Equal(0, world.Nodes[0].Work.LoadedModels);
    }

    [Fact]
    public void A_draining_node_gets_nothing_new()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Drain = true }, new NodeSettings { Parallel = 1 });
        world.Load(0);
        using var first = world.Run(SimulatedNodes.Request());
        Assert.Equal(world.Nodes[1], first.Given!.Node);
        using var second = world.Enter(SimulatedNodes.Request());
        Assert.True(second.IsWaiting);
    }

    [Fact]
    public async Task A_node_that_keeps_failing_is_left_alone_and_then_tried_with_one_request()
    {
        using var world = SimulatedNodes.With(new NodeSettings());
        var node = world.Nodes[0];
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(BreakerState.Closed, node.Breaker.State);
            await node.Breaker.ReportAsync(NodeFailure.Refused);
        }

        Assert.Equal(BreakerState.Open, node.Breaker.State);
        using (var refused = world.Enter(SimulatedNodes.Request()))
        {
            Assert.Equal(Refusal.NoNode, (await refused.WaitAsync(TimeSpan.FromMinutes(1), () => Task.CompletedTask, CancellationToken.None)).Refusal);
        }

        world.Time.Advance(TimeSpan.FromSeconds(5));
        using var trial = world.Enter(SimulatedNodes.Request());
        Assert.NotNull(trial.Given);
        var answer = new TaskCompletionSource<NodeFailure>();
        var running = node.Breaker.RunAsync(static answer => new ValueTask<NodeFailure>(answer.Task), answer).AsTask();
        Assert.Equal(BreakerState.Trying, node.Breaker.State);
        using var next = world.Enter(SimulatedNodes.Request());
        Assert.True(next.IsWaiting);

        answer.SetResult(NodeFailure.None);
        await running;
        Assert.Equal(BreakerState.Closed, node.Breaker.State);
    }

    [Fact]
    public async Task The_pause_of_a_failing_node_grows_up_to_a_minute()
    {
        using var world = SimulatedNodes.With(new NodeSettings());
        var breaker = world.Nodes[0].Breaker;
        for (var i = 0; i < 4; i++)
        {
            await breaker.ReportAsync(NodeFailure.TimedOut);
        }

        List<double> pauses = [];
        for (var i = 0; i < 6; i++)
        {
            pauses.Add(breaker.Reopens.TotalSeconds);
            world.Time.Advance(breaker.Reopens);
            await breaker.ReportAsync(NodeFailure.TimedOut);
        }

        Assert.Equal([5, 10, 20, 40, 60, 60], pauses);
    }
}
