using System.Net;
using System.Text.Json;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Turns;

[Collection(SharedPostgres.Name)]
public sealed class RequestKeyTests(PostgresServer postgres)
{
    private static readonly object Question = new { initial_message = "Why?" };

    [Fact]
    public async Task A_request_that_is_sent_again_with_its_key_is_answered_by_the_turn_that_it_began()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var replica = new Tutoring((await suite.AddReplicaAsync()).ClientFor(TestIdentity.Student()));

        var first = await suite.Student().PostAsync("/llm/chat/", Question, "k1");
        var again = await replica.PostAsync("/llm/chat/", Question, "k1");
        Assert.True(JsonElement.DeepEquals(first.Body, again.Body));
        var message = $"/llm/chat/{first.Text("session_id")}/message/";
        var asked = await suite.Student().PostAsync(message, new { user_message = "And?" }, "k2");
        var askedAgain = await replica.PostAsync(message, new { user_message = "And?" }, "k2");

        Assert.Equal(asked.Body.GetProperty("response_message").GetRawText(), askedAgain.Body.GetProperty("response_message").GetRawText());
        Assert.Equal(2, suite.Model.Asked.Count);
        Assert.Equal(4, (await replica.HistoryAsync(first.Text("session_id"))).Length);
    }

    [Fact]
    public async Task Requests_with_one_key_at_the_same_time_are_one_turn()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var replica = await suite.AddReplicaAsync();

        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            new Tutoring((n % 2 == 0 ? suite.Service : replica).ClientFor(TestIdentity.Student())).PostAsync("/llm/chat/", Question, "k1")));

        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.OK, reply.Status));
        Assert.Single(replies.Select(reply => reply.Text("session_id")).Distinct());
        Assert.Single(suite.Model.Asked);
    }

    [Fact]
    public async Task A_key_that_comes_while_its_turn_runs_follows_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var session = (await suite.Student().StartAsync("First")).Text("session_id");
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look.");
        var body = new { user_message = "And?" };
        var first = suite.Student().PostAsync($"/llm/chat/{session}/message/", body, "k1");
        await held.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));

        var again = suite.Student().PostAsync($"/llm/chat/{session}/message/", body, "k1");
        held.GoOn.SetResult();

        Assert.Equal((await first).Body.GetRawText(), (await again).Body.GetRawText());
    }

    [Fact]
    public async Task A_key_stands_for_one_request_of_one_person()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.Student().PostAsync("/llm/chat/", Question, "k1");

        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await suite.Student().PostAsync("/llm/chat/", new { initial_message = "Other" }, "k1")).Status);
        Assert.Equal(HttpStatusCode.OK, (await suite.Student("eve").PostAsync("/llm/chat/", new { initial_message = "Other" }, "k1")).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await suite.Student().PostAsync("/llm/chat/", Question, new string('k', 201))).Status);
        var unknown = await suite.Student().PostAsync("/llm/chat/0198a000-0000-7000-8000-000000000000/message/", new { user_message = "?" }, "k3");
        Assert.Equal(HttpStatusCode.NotFound, unknown.Status);
    }
}
