using System.Net;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Turns;

[Collection(SharedPostgres.Name)]
public sealed class CancelTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Stopping_an_answer_stops_the_model_and_keeps_what_there_is(bool throughAnotherReplica)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = throughAnotherReplica ? new Tutoring((await suite.AddReplicaAsync()).ClientFor(TestIdentity.Student())) : suite.Student();
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ");
        await using var stream = await suite.Student().StreamStartAsync("Why?");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await stream.NextAsync("delta");

        Assert.Equal(HttpStatusCode.Accepted, (await student.CancelAsync(session)).Status);

        await held.CallerGone.Task.WaitAsync(TimeSpan.FromSeconds(60));
        var message = (await stream.NextAsync("done")).GetProperty("message");
        Assert.Equal(("cancelled", "Look "), (message.GetProperty("status").GetString(), message.GetProperty("content").GetString()));
        suite.Model.Answer = ModelHostStandIn.Says("Now whole.");
        var retried = await student.RetryAsync(session);
        Assert.Equal("Now whole.", retried.Body.GetProperty("response_message").GetProperty("content").GetString());
    }

    [Fact]
    public async Task An_answer_can_be_stopped_while_the_model_is_silent()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held);
        await using var stream = await suite.Student().StreamStartAsync("Why?");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await held.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));

        await suite.Student().CancelAsync(session);

        Assert.Equal("cancelled", (await stream.NextAsync("done")).GetProperty("message").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Only_a_running_answer_of_ones_own_can_be_stopped()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var session = (await suite.Student().StartAsync("Why?")).Text("session_id");

        Assert.Equal(HttpStatusCode.Conflict, (await suite.Student().CancelAsync(session)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Student("eve").CancelAsync(session)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Student().CancelAsync("nonsense")).Status);
    }
}
