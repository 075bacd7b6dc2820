using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Turns;

[Collection(SharedPostgres.Name)]
public sealed class ResumeTests(PostgresServer postgres)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reader_that_dropped_takes_the_answer_up_where_it_was(bool onAnotherReplica)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = onAnotherReplica ? new Tutoring((await suite.AddReplicaAsync()).ClientFor(TestIdentity.Student())) : suite.Student();
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ");
        string session, last;
        await using (var stream = await suite.Student().StreamStartAsync("Why?"))
        {
            session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
            await stream.ReadAsync("Look ");
            last = stream.LastId;
        }

        await using var resumed = await student.ResumeAsync(session, last);
        await resumed.NextAsync("session");
        held.GoOn.SetResult();

        await resumed.ReadAsync(" And that is all.");
        var done = await resumed.NextAsync("done");
        Assert.Equal("Look  And that is all.", done.GetProperty("message").GetProperty("content").GetString());
        Assert.True(JsonElement.DeepEquals(done.GetProperty("message"), (await student.HistoryAsync(session))[^1]));
        Assert.Single(suite.Model.Asked);
    }

    [Fact]
    public async Task An_answer_that_has_ended_can_be_streamed_from_its_beginning()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var session = (await suite.Student().StartAsync("Why?")).Text("session_id");

        await using var stream = await suite.Student().ResumeAsync(session);

        await stream.NextAsync("session");
        await stream.ReadAsync("Look at line 2.");
        await stream.NextAsync("done");
        Assert.Empty(await stream.RestAsync());
    }

    [Fact]
    public async Task A_failed_answer_ends_a_resumed_stream_with_its_error()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = ModelHostStandIn.SaysThenErrs("the GPU fell off", "Look ");
        var session = (await suite.Student().StartAsync("Why?")).Text("session_id");

        await using var stream = await suite.Student().ResumeAsync(session);

        await stream.NextAsync("session");
        await stream.NextAsync("delta");
        Assert.Contains("the GPU fell off", (await stream.NextAsync("error")).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_elses_answer_cannot_be_streamed()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        string session, last;
        await using (var stream = await suite.Student().StreamStartAsync("Why?"))
        {
            session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
            last = stream.LastId;
            await stream.RestAsync();
        }

        var others = (await suite.Student("eve").StartAsync("Mine")).Text("session_id");

        await using var theirs = await suite.Student("eve").ResumeAsync(session, last);
        await using var smuggled = await suite.Student("eve").ResumeAsync(others, last);
        await using var nonsense = await suite.Student().ResumeAsync(session, "nonsense");

        Assert.Equal(HttpStatusCode.NotFound, theirs.Response.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, smuggled.Response.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.Response.StatusCode);
    }

    [Fact]
    public async Task A_client_that_waits_for_JSON_and_goes_finds_the_answer_in_the_history()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look.");
        using var leave = new CancellationTokenSource();
        var answer = student.Http.PostAsJsonAsync(new Uri("/llm/chat", UriKind.Relative), new { initial_message = "Why?" }, leave.Token);
        await held.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);

        held.GoOn.SetResult();

        var session = (await student.GetAsync("/llm/chat/sessions/")).Body.GetProperty("sessions")[0].GetProperty("session_id").GetString()!;
        var history = await student.HistoryWhenAsync(session, Tutoring.HasEnded);
        Assert.Equal("Look. And that is all.", history[^1].GetProperty("content").GetString());
    }
}
