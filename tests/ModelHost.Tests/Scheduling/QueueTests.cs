using Lyceum.ModelHost.Nodes;
using Lyceum.ModelHost.Scheduling;

namespace Lyceum.ModelHost.Tests.Scheduling;

public sealed class QueueTests
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);
    private static readonly Func<Task> Nothing = () => Task.CompletedTask;

    [Fact]
    public void Courses_take_turns_and_within_a_course_its_users_however_much_one_of_them_asks()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Parallel = 1 });
        var running = world.Run(SimulatedNodes.Request("first", "z"));
        string[] asks = ["a/greedy", "a/greedy", "a/greedy", "a/greedy", "a/modest", "b/one"];
        var waiting = asks.Select(ask => world.Enter(SimulatedNodes.Request(ask.Split('/')[1], ask.Split('/')[0]))).ToArray();
        Assert.Equal(["a/greedy", "b/one", "a/modest", "a/greedy", "a/greedy", "a/greedy"], TurnsOf(world, running, waiting));
    }

    [Fact]
    public void A_heavier_course_gets_more_and_long_answers_count_for_more()
    {
        var options = new SchedulingOptions { CourseWeights = { ["a"] = 2 } };
        using var world = SimulatedNodes.With(options, new NodeSettings { Parallel = 1 });
        var running = world.Run(SimulatedNodes.Request("first", "z"));
        var waiting = Enumerable.Range(0, 6).Select(_ => world.Enter(SimulatedNodes.Request("u", "a")))
            .Concat(Enumerable.Range(0, 3).Select(_ => world.Enter(SimulatedNodes.Request("u", "b"))))
            .Concat(Enumerable.Range(0, 3).Select(_ => world.Enter(SimulatedNodes.Request("u", "c", tokens: 200)))).ToArray();
        var turns = TurnsOf(world, running, waiting);
        // Of eight turns' worth of work: twice as much for a as for b, and half as many long ones for c as short ones for b.
        Assert.Equal(4, turns.Take(7).Count(turn => turn.StartsWith('a')));
        Assert.Equal(2, turns.Take(7).Count(turn => turn.StartsWith('b')));
        Assert.Equal(1, turns.Take(7).Count(turn => turn.StartsWith('c')));
    }

    [Fact]
    public void Interactive_goes_before_batch_until_batch_has_waited_long_enough()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Parallel = 1 });
        var running = world.Run(SimulatedNodes.Request("first", "z"));
        using var batch = world.Enter(SimulatedNodes.Request("batch", batch: true));
        using var soon = world.Enter(SimulatedNodes.Request("soon", "b"));
        Assert.Equal(2, batch.Position);
        Assert.Equal(1, soon.Position);
        world.Time.Advance(TimeSpan.FromMinutes(2));
        using var later = world.Enter(SimulatedNodes.Request("later", "c"));
        Assert.Equal(1, batch.Position);
        running.Dispose();
        Assert.NotNull(batch.Given);
    }

    [Fact]
    public async Task Nobody_fills_the_queue_alone_and_nobody_overfills_it()
    {
        using var world = SimulatedNodes.With(new SchedulingOptions { QueueLength = 3, QueueLengthPerUser = 2 }, new NodeSettings { Parallel = 1 });
        using var running = world.Run(SimulatedNodes.Request());
        using var one = world.Enter(SimulatedNodes.Request());
        using var two = world.Enter(SimulatedNodes.Request());
        using var three = world.Enter(SimulatedNodes.Request());
        Assert.Equal(Refusal.Full, (await three.WaitAsync(Beat, Nothing, default)).Refusal);
        using var other = world.Enter(SimulatedNodes.Request("other"));
        Assert.True(other.IsWaiting);
        using var full = world.Enter(SimulatedNodes.Request("another"));
        Assert.Equal(Refusal.Full, (await full.WaitAsync(Beat, Nothing, default)).Refusal);
        one.Dispose();
        using var fits = world.Enter(SimulatedNodes.Request("another"));
        Assert.True(fits.IsWaiting);
    }

    [Fact]
    public async Task A_turn_that_does_not_come_in_time_is_refused()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Parallel = 1 });
        using var running = world.Run(SimulatedNodes.Request());
        using var entry = world.Scheduler.Enter(SimulatedNodes.Request(), [], deadline: TimeSpan.FromSeconds(25));
        var waiting = entry.WaitAsync(TimeSpan.FromMinutes(1), Nothing, default);
        world.Time.Advance(TimeSpan.FromSeconds(24));
        Assert.False(waiting.IsCompleted);
        world.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Refusal.Late, (await waiting).Refusal);
        Assert.Equal(0, world.Scheduler.Waiting);
    }

    [Fact]
    public async Task Who_waits_hears_that_it_is_not_forgotten()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Parallel = 1 });
        var running = world.Run(SimulatedNodes.Request());
        using var entry = world.Enter(SimulatedNodes.Request());
        var heard = new TaskCompletionSource();
        var waiting = entry.WaitAsync(Beat, () => { heard.TrySetResult(); return Task.CompletedTask; }, default);
        world.Time.Advance(Beat);
        await heard.Task.WaitAsync(TimeSpan.FromSeconds(60));
        running.Dispose();
        Assert.NotNull((await waiting).Slot);
    }

    [Fact]
    public async Task Who_leaves_is_gone_at_once_waiting_or_running()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Parallel = 1 });
        var running = world.Run(SimulatedNodes.Request());
        using var gone = new CancellationTokenSource();
        var impatient = world.Enter(SimulatedNodes.Request());
        using var patient = world.Enter(SimulatedNodes.Request());
        var waiting = impatient.WaitAsync(Beat, Nothing, gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        impatient.Dispose();
        Assert.Equal(1, patient.Position);
        running.Dispose();
        Assert.NotNull(patient.Given);
        Assert.Equal(1, world.Nodes[0].Work.Running);
    }

    [Fact]
    public void A_place_is_used_by_whom_it_fits_while_the_next_in_line_needs_another_one()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Parallel = 2 });
        world.Load(0, "small");
        using var loading = world.Enter(SimulatedNodes.Request("a"));
        using var first = world.Enter(SimulatedNodes.Request("b"));
        using var fits = world.Enter(SimulatedNodes.Request("c", model: "small"));
        Assert.True(first.IsWaiting);
        Assert.NotNull(fits.Given);
    }

    [Fact]
    public void Idling_earns_nothing()
    {
        using var world = SimulatedNodes.With(new NodeSettings { Parallel = 1 });
        for (var i = 0; i < 50; i++)
        {
            world.Run(SimulatedNodes.Request("busy", "a")).Dispose();
        }

        var running = world.Run(SimulatedNodes.Request("busy", "a"));
        var waiting = Enumerable.Range(0, 3).SelectMany(_ => new[] { world.Enter(SimulatedNodes.Request("busy", "a")), world.Enter(SimulatedNodes.Request("new", "b")) }).ToArray();
        Assert.Equal(3, TurnsOf(world, running, waiting).Take(5).Count(turn => turn == "b/new"));
        using var last = world.Enter(SimulatedNodes.Request("busy", "a"));
        Assert.NotNull(last.Given);
    }

    /// <summary>Ends what runs, one after the other, and answers in which order the waiting ones came to run.</summary>
    private static List<string> TurnsOf(SimulatedNodes world, QueueEntry running, QueueEntry[] waiting)
    {
        List<string> turns = [];
        while (true)
        {
            running.Dispose();
            if (waiting.FirstOrDefault(entry => entry.Given is not null && !turns.Contains(Label(entry))) is not { } next)
            {
                return [.. turns.Select(turn => turn[..turn.IndexOf('#', StringComparison.Ordinal)])];
            }

            next.Given!.Began();
            turns.Add(Label(next));
            running = next;
        }

        static string Label(QueueEntry entry) => $"{entry.Request.Course}/{entry.Request.User}#{entry.Number}";
    }
}
