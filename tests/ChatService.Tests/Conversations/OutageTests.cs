using System.Net;
using System.Text.Json;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Conversations;

/// <summary>With a server of its own, which the tests stop.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private readonly PostgresServer _postgres = new();

    public Task InitializeAsync() => _postgres.InitializeAsync();

    public Task DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task While_PostgreSQL_is_away_requests_are_503_and_what_was_acknowledged_is_there_after()
    {
        await using var suite = await ChatSuite.StartAsync(_postgres);
        var student = suite.Student();
        List<string> acknowledged = [];
        var session = (await student.StartAsync("Question 0")).Text("session_id");
        acknowledged.Add("Question 0");
        using var stopped = new CancellationTokenSource();
        var asking = AskOnAsync();
        await student.HistoryWhenAsync(session, history => history.Length >= 8);

        await _postgres.StopAsync();
        await stopped.CancelAsync();
        await asking;
        foreach (var reply in (Reply[])[
            await student.StartAsync("Hello?"),
            await student.AskAsync(session, "Hello?"),
            await student.RetryAsync(session),
            await student.GetAsync($"/llm/chat/{session}/history/"),
            await student.GetAsync("/llm/chat/sessions/")])
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
            Assert.Contains("database is away", reply.Text("detail"), StringComparison.Ordinal);
        }

        await using (var stream = await student.StreamStartAsync("Hello?"))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, stream.Response.StatusCode);
        }

        await _postgres.StartAsync();
        var history = await student.HistoryAsync(session);
        var answered = history.Where(message => message.GetProperty("status").GetString() == "done").Select(message => message.GetProperty("content").GetString()!).ToHashSet();
        Assert.Superset(acknowledged.ToHashSet(), answered);
        Assert.Equal(HttpStatusCode.OK, (await student.StartAsync("And again?")).Status);

        async Task AskOnAsync()
        {
            for (var n = 1; !stopped.IsCancellationRequested; n++)
            {
                suite.Model.Answer = ModelHostStandIn.Says($"Answer {n}");
                if ((await student.AskAsync(session, $"Question {n}")).Status == HttpStatusCode.OK)
                {
                    acknowledged.AddRange([$"Question {n}", $"Answer {n}"]);
                }
            }
        }
    }

    [Fact]
    public async Task A_question_of_which_its_student_was_told_outlives_the_death_of_PostgreSQL()
    {
        await using var suite = await ChatSuite.StartAsync(_postgres);
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held);
        for (var i = 0; i < 3; i++)
        {
            var student = suite.Student($"sam-{i}");
            await using var stream = await student.StreamStartAsync($"Is this kept, the {i}th time?");
            var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;

            await _postgres.KillAsync();
            await _postgres.StartAsync();

            Assert.Equal($"Is this kept, the {i}th time?", (await FirstOfAsync(student, session)).GetProperty("content").GetString());
        }

        held.GoOn.SetResult();

        static async Task<JsonElement> FirstOfAsync(Tutoring student, string session)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            for (; ; await Task.Delay(50, limit.Token))
            {
                // Connections of before are found to be broken first.
                var reply = await student.GetAsync($"/llm/chat/{session}/history/");
                if (reply.Status != HttpStatusCode.ServiceUnavailable)
                {
                    Assert.Equal(HttpStatusCode.OK, reply.Status);
                    return reply.Body.GetProperty("messages")[0];
                }
            }
        }
    }

    [Fact]
    public async Task An_answer_that_outlives_a_short_outage_is_stored_whole()
    {
        await using var suite = await ChatSuite.StartAsync(_postgres, ("Conversations:StorePatience", "00:00:30"), ("Conversations:TurnLease", "00:01:00"));
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ");
        var student = suite.Student();
        await using var stream = await student.StreamStartAsync("Why?");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await stream.NextAsync("delta");

        await _postgres.StopAsync();
        held.GoOn.SetResult();
        await stream.NextAsync("delta");
        await _postgres.StartAsync();

        await stream.NextAsync("done");
        Assert.Equal("Look  And that is all.", (await student.HistoryAsync(session))[1].GetProperty("content").GetString());
    }

    [Fact]
    public async Task An_answer_that_cannot_be_stored_is_not_called_done()
    {
        await using var suite = await ChatSuite.StartAsync(_postgres, ("Conversations:StorePatience", "00:00:00.500"), ("Conversations:TurnLease", "00:00:03"));
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ");
        var student = suite.Student();
        await using var stream = await student.StreamStartAsync("Why?");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await stream.NextAsync("delta");

        await _postgres.StopAsync();
        held.GoOn.SetResult();
        await stream.NextAsync("delta");
        Assert.Equal(503, (await stream.NextAsync("error")).GetProperty("status").GetInt32());
        await _postgres.StartAsync();

        var history = await student.HistoryWhenAsync(session, Tutoring.HasEnded);
        Assert.Equal("failed", history[^1].GetProperty("status").GetString());
        suite.Model.Answer = ModelHostStandIn.Says("Now.");
        Assert.Equal(HttpStatusCode.OK, (await student.RetryAsync(session)).Status);
    }
}
