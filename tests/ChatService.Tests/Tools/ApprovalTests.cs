using System.Net;
using System.Text.Json;
using Lyceum.ChatService.Tests.Plugins;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tools;

[Collection(SharedPostgres.Name)]
public sealed class ApprovalTests(PostgresServer postgres)
{
    private const string Body = "[{name: days, type: integer, required: true}]";

    [Fact]
    public async Task A_call_that_needs_approval_waits_for_it_and_the_answer_goes_on()
    {
        await using var suite = await StartAsync();
        var student = suite.Student;
        await using var stream = await student.StreamStartAsync("Lend me that book.");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await stream.ReadAsync("I will lend it.");

        var waiting = await stream.NextAsync("approval");

        Assert.Equal("waiting", waiting.GetProperty("message").GetProperty("status").GetString());
        var call = Assert.Single(waiting.GetProperty("calls").EnumerateArray());
        Assert.Equal(("plugin/lend", "waiting", """{"title":"SICP","days":14}"""), (
            call.GetProperty("tool").GetString(), call.GetProperty("status").GetString(), JsonSerializer.Serialize(call.GetProperty("arguments"))));
        var last = stream.LastId;
        Assert.Empty(await stream.RestAsync());
        Assert.Empty(suite.Api.Called);
        Assert.Equal("waiting", (await student.HistoryAsync(session))[^1].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await student.AskAsync(session, "Well?")).Status);
        await using (var again = await student.ResumeAsync(session, last))
        {
            await again.NextAsync("session");
            await again.NextAsync("approval");
        }

        Assert.Equal(HttpStatusCode.Accepted, (await student.PostAsync(Path(session, call, "approve"), null)).Status);

        await using var rest = await student.ResumeAsync(session, last);
        await rest.NextAsync("session");
        await rest.ReadAsync("\n\nLent.");
        var done = (await rest.NextAsync("done")).GetProperty("message");
        Assert.Equal(("I will lend it.\n\nLent.", 84), (done.GetProperty("content").GetString(), done.GetProperty("input_tokens").GetInt32()));
        var sent = Assert.Single(suite.Api.Called);
        Assert.Equal(("POST", "/v1/books/?title=SICP&year=2020", """{"days":14}"""), (sent.Method, sent.Target, sent.Body));
        Assert.Equal("""{"ok":true}""", suite.Chat.Model.Last.Question);
        Assert.Equal("done", (await suite.CallsAsync(session)).Single().Status);
    }

    [Fact]
    public async Task A_call_that_is_denied_is_not_made_and_the_model_is_told()
    {
        await using var suite = await StartAsync();
        var student = suite.Student;
        var (session, calls) = await AskAsync(suite);

        Assert.Equal(HttpStatusCode.Accepted, (await student.PostAsync(Path(session, calls[0], "deny"), null)).Status);

        var history = await student.HistoryWhenAsync(session, Tutoring.HasEnded);
        Assert.Equal("done", history[^1].GetProperty("status").GetString());
        Assert.Contains("did not allow", suite.Chat.Model.Last.Question, StringComparison.Ordinal);
        Assert.Empty(suite.Api.Called);
        Assert.Equal(HttpStatusCode.Conflict, (await student.PostAsync(Path(session, calls[0], "approve"), null)).Status);
    }

    [Fact]
    public async Task An_answer_that_waits_goes_on_in_another_process_than_it_began()
    {
        await using var suite = await StartAsync();
        var (session, calls) = await AskAsync(suite);
        var other = await suite.Chat.AddReplicaAsync();
        await suite.Chat.Service.DisposeAsync();
        var student = new Tutoring(other.ClientFor(TestIdentity.Student()));

        Assert.Equal(HttpStatusCode.Accepted, (await student.PostAsync(Path(session, calls[0], "approve"), null)).Status);

        var answer = (await student.HistoryWhenAsync(session, Tutoring.HasEnded))[^1];
        Assert.Equal(("done", "I will lend it.\n\nLent."), (answer.GetProperty("status").GetString(), answer.GetProperty("content").GetString()));
        Assert.Single(suite.Api.Called);
    }

    [Fact]
    public async Task A_call_is_decided_once_by_its_user_alone()
    {
        await using var suite = await StartAsync();
        var student = suite.Student;
        var (session, calls) = await AskAsync(suite);
        var path = Path(session, calls[0], "approve");

        Assert.Equal(HttpStatusCode.NotFound, (await suite.Chat.Student("eve").PostAsync(path, null)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Chat.Student("eve").GetAsync($"/llm/chat/{session}/calls")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Chat.As(TestIdentity.Student("sam", "other")).PostAsync(path, null)).Status);
        var replies = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => student.PostAsync(path, null)));

        Assert.Single(replies, reply => reply.Status == HttpStatusCode.Accepted);
        Assert.Equal(7, replies.Count(reply => reply.Status == HttpStatusCode.Conflict));
        await student.HistoryWhenAsync(session, Tutoring.HasEnded);
        Assert.Single(suite.Api.Called);
    }

    [Fact]
    public async Task An_answer_goes_on_once_every_call_is_decided()
    {
        await using var suite = await StartAsync();
        suite.Chat.Model.Answer = ModelHostStandIn.InTurn(
            ModelHostStandIn.Calls("", ("lend", new { title = "A", days = 1 }), ("course_dates", new { inquiry_type = "exam" }), ("lend", new { title = "B", days = 2 })), ModelHostStandIn.Says("Done."));
        var student = suite.Student;
        var (session, calls) = await AskAsync(suite);
        Assert.Equal(["waiting", "done", "waiting"], (await suite.CallsAsync(session)).Select(call => call.Status));

        var replies = await Task.WhenAll(student.PostAsync(Path(session, calls[0], "approve"), null), student.PostAsync(Path(session, calls[1], "deny"), null));

        Assert.All(replies, reply => Assert.Equal(HttpStatusCode.Accepted, reply.Status));
        await student.HistoryWhenAsync(session, Tutoring.HasEnded);
        Assert.Equal("/v1/books/?title=A&year=2020", Assert.Single(suite.Api.Called).Target);
        var told = suite.Chat.Model.Last.Contents("tool");
        Assert.Equal(["""{"ok":true}""", "The exam is on 12 February."], told.Take(2));
        Assert.Contains("did not allow", told[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_that_are_not_valid_are_not_put_before_the_user()
    {
        await using var suite = await StartAsync();
        suite.Chat.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", ("lend", new { title = "A", days = "many" })), ModelHostStandIn.Says("Sorry."));

        var reply = await suite.Student.StartAsync("Lend me that book.");

        Assert.Equal("done", reply.Body.GetProperty("message").GetProperty("status").GetString());
        Assert.Contains("/days", (await suite.CallsAsync(reply.Text("session_id"))).Single().Result, StringComparison.Ordinal);
        Assert.Empty(suite.Api.Called);
    }

    [Fact]
    public async Task An_answer_that_nobody_decides_on_fails_after_a_while_and_can_be_tried_again()
    {
        await using var suite = await StartAsync(("Tools:ApprovalLifetime", "00:00:01"), ("Conversations:TurnLease", "00:00:03"));
        var student = suite.Student;
        var (session, calls) = await AskAsync(suite);

        var answer = (await student.HistoryWhenAsync(session, history => history[^1].GetProperty("status").GetString() == "failed"))[^1];

        Assert.Contains("in time", answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal("interrupted", (await suite.CallsAsync(session)).Single().Status);
        Assert.Equal(HttpStatusCode.Conflict, (await student.PostAsync(Path(session, calls[0], "approve"), null)).Status);
        Assert.Empty(suite.Api.Called);
        suite.Chat.Model.Answer = ModelHostStandIn.Says("Better not.");
        Assert.Equal(HttpStatusCode.OK, (await student.RetryAsync(session)).Status);
    }

    [Fact]
    public async Task An_answer_that_waits_can_be_stopped_and_its_policy_may_change()
    {
        await using var suite = await StartAsync();
        var student = suite.Student;
        var (session, calls) = await AskAsync(suite);

        Assert.Equal(HttpStatusCode.Accepted, (await student.CancelAsync(session)).Status);
        Assert.Equal("cancelled", (await student.HistoryAsync(session))[^1].GetProperty("status").GetString());
        Assert.Equal(HttpStatusCode.Conflict, (await student.PostAsync(Path(session, calls[0], "approve"), null)).Status);

        suite.Chat.Model.Answer = Lends();
        (session, calls) = await AskAsync(suite);
        await suite.Instructor.SendAsync(HttpMethod.Put, "/tutor/courses/default/policy", new { tools = Array.Empty<string>() });
        await student.PostAsync(Path(session, calls[0], "approve"), null);
        Assert.Equal("done", (await student.HistoryWhenAsync(session, Tutoring.HasEnded))[^1].GetProperty("status").GetString());
        Assert.Equal("There is no tool of this name here.", suite.Chat.Model.Last.Question);
        Assert.Empty(suite.Api.Called);
    }

    [Fact]
    public async Task An_answer_that_waits_stays_closed_once_an_exam_is_on()
    {
        await using var suite = await StartAsync();
        var student = suite.Student;
        var (session, calls) = await AskAsync(suite);
        var asked = suite.Chat.Model.Asked.Count;
        await suite.Instructor.SendAsync(HttpMethod.Put, "/tutor/courses/default/policy", new { lockdown = true });

        await student.PostAsync(Path(session, calls[0], "approve"), null);

        var answer = (await student.HistoryWhenAsync(session, Tutoring.HasEnded))[^1];
        Assert.Contains("exam", answer.GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Equal(asked, suite.Chat.Model.Asked.Count);
        Assert.Empty(suite.Api.Called);
    }

    [Fact]
    public async Task An_approval_does_not_hold_for_what_the_tool_became_meanwhile()
    {
        await using var suite = await StartAsync();
        var (session, calls) = await AskAsync(suite);
        await suite.AppliedAsync(PluginSuite.ApiPlugin("DELETE", "lend"));

        await suite.Student.PostAsync(Path(session, calls[0], "approve"), null);

        await suite.Student.HistoryWhenAsync(session, Tutoring.HasEnded);
        Assert.Empty(suite.Api.Called);
        Assert.Equal("failed", (await suite.CallsAsync(session)).Single().Status);
        // One name is one tool: a plugin of another kind cannot step in.
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await suite.ApplyAsync(PluginSuite.Dates().Replace("course_dates", "lend", StringComparison.Ordinal))).Status);
    }

    [Fact]
    public async Task Who_asks_through_a_watcher_approves_in_the_panel_and_who_has_none_is_asked_nothing()
    {
        await using var suite = await StartAsync();
        var message = new { student_id = "ada", message_text = "Lend me that book.", file_name = "Task.chat" };

        var first = await suite.Student.PostAsync("/receive_student_message", message);
        var second = await suite.Student.PostAsync("/receive_student_message", message);

        Assert.StartsWith("I will lend it.\n\n", first.Text("final_response"), StringComparison.Ordinal);
        Assert.Contains("panel", first.Text("final_response"), StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.OK, true), (second.Status, second.Text("final_response").Contains("panel", StringComparison.Ordinal)));
        suite.Chat.Model.Answer = ModelHostStandIn.Says("Ask at the desk.");
        var named = await suite.Chat.As(Jelai.JelaiTests.Watcher).PostAsync("/receive_student_message", message);
        Assert.Equal("Ask at the desk.", named.Text("final_response"));
        Assert.Equal(["course_dates"], suite.Chat.Model.Last.Tools);
    }

    private static Func<Microsoft.AspNetCore.Http.HttpContext, Task> Lends() =>
        ModelHostStandIn.InTurn(ModelHostStandIn.Calls("I will lend it.", ("lend", new { title = "SICP", days = 14 })), ModelHostStandIn.Says("Lent."));

    private static string Path(string session, JsonElement call, string decision) => $"/llm/chat/{session}/calls/{call.GetProperty("call_id").GetString()}/{decision}";

    private async Task<PluginSuite> StartAsync(params (string Key, string Value)[] options)
    {
        var suite = await PluginSuite.StartAsync(postgres, options);
        await suite.AppliedAsync(PluginSuite.Dates(), suite.ApiConnection(), PluginSuite.ApiPlugin("POST", "lend", body: Body));
        suite.Chat.Model.Answer = Lends();
        return suite;
    }

    /// <summary>Asks a question whose answer waits; answers the conversation and the calls that wait.</summary>
    private static async Task<(string Session, JsonElement[] Calls)> AskAsync(PluginSuite suite)
    {
        var reply = await suite.Student.StartAsync("Lend me that book.");
        Assert.Equal("waiting", reply.Body.GetProperty("message").GetProperty("status").GetString());
        var calls = (await suite.Student.GetAsync($"/llm/chat/{reply.Text("session_id")}/calls")).Body.GetProperty("calls").EnumerateArray();
        return (reply.Text("session_id"), [.. calls.Where(call => call.GetProperty("status").GetString() == "waiting")]);
    }
}
