using System.Net;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Lyceum.ChatService.Tests.Turns;

[Collection(SharedPostgres.Name)]
public sealed class OneTurnAtATimeTests(PostgresServer postgres)
{
    [Fact]
    public async Task A_message_during_a_turn_is_refused_on_every_replica_and_not_stored()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var replica = await suite.AddReplicaAsync();
        var student = suite.Student();
        var elsewhere = new Tutoring(replica.ClientFor(TestIdentity.Student()));
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ");
        await using var stream = await student.StreamStartAsync("Why?");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;

        foreach (var reply in (Reply[])[await student.AskAsync(session, "And?"), await elsewhere.AskAsync(session, "And?"), await elsewhere.RetryAsync(session)])
        {
            Assert.Equal(HttpStatusCode.Conflict, reply.Status);
            Assert.Contains("still answering", reply.Text("detail"), StringComparison.Ordinal);
        }

        Assert.Equal(2, (await elsewhere.HistoryAsync(session)).Length);
        held.GoOn.SetResult();
        Assert.Equal("done", (await stream.RestAsync())[^1].Name);
        suite.Model.Answer = ModelHostStandIn.Says("Now.");
        Assert.Equal(HttpStatusCode.OK, (await elsewhere.AskAsync(session, "And?")).Status);
    }

    [Fact]
    public async Task Of_many_clients_that_press_send_at_once_one_is_answered()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var replica = await suite.AddReplicaAsync();
        var session = (await suite.Student().StartAsync("Why?")).Text("session_id");
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held);
        Tutoring[] clients = [.. Enumerable.Range(0, 10).Select(n => new Tutoring((n % 2 == 0 ? suite.Service : replica).ClientFor(TestIdentity.Student())))];

        var asking = clients.Select((client, n) => client.AskAsync(session, $"Question {n}")).ToList();
        var replies = new List<Reply>();
        while (asking.Count > 1)
        {
            var first = await Task.WhenAny(asking).WaitAsync(TimeSpan.FromSeconds(60));
            asking.Remove(first);
            replies.Add(await first);
        }

        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.Conflict, reply.Status));
        held.GoOn.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await asking[0]).Status);
        Assert.Equal(4, (await suite.Student().HistoryAsync(session)).Length);
    }

    [Fact]
    public async Task A_turn_whose_process_was_killed_is_marked_failed_and_can_be_retried_elsewhere()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Conversations:TurnLease", "00:00:03"));
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ");
        var student = suite.Student();
        string session;
        await using (var process = await ServiceProcess.StartAsync(typeof(Program).Assembly, suite.Settings))
        {
            await using var stream = await new Tutoring(process.ClientFor(TestIdentity.Student())).StreamStartAsync("Why?");
            session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
            await stream.NextAsync("delta");
            await student.HistoryWhenAsync(session, history => history[^1].GetProperty("content").GetString() == "Look ");
            await process.KillAsync();
        }

        var history = await student.HistoryWhenAsync(session, Tutoring.HasEnded);
        Assert.Equal("failed", history[^1].GetProperty("status").GetString());
        Assert.Equal("Look ", history[^1].GetProperty("content").GetString());
        Assert.Contains("interrupted", history[^1].GetProperty("error").GetString(), StringComparison.Ordinal);

        suite.Model.Answer = ModelHostStandIn.Says("Again, whole.");
        Assert.Equal(HttpStatusCode.OK, (await student.RetryAsync(session)).Status);
    }

    [Fact]
    public async Task A_replica_that_is_stopped_ends_its_turns_and_says_so()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var replica = await suite.AddReplicaAsync();
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ");
        await using var stream = await new Tutoring(replica.ClientFor(TestIdentity.Student())).StreamStartAsync("Why?");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await stream.NextAsync("delta");

        replica.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.Contains("restarted", (await stream.NextAsync("error")).GetProperty("detail").GetString(), StringComparison.Ordinal);
        await held.CallerGone.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var history = await suite.Student().HistoryAsync(session);
        Assert.Equal(("failed", "Look "), (history[1].GetProperty("status").GetString(), history[1].GetProperty("content").GetString()));
    }
}
