using System.Net;
using System.Text.Json;
using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Jelai;

/// <summary>What JELAI's notebook watcher sends, field for field.</summary>
[Collection(SharedPostgres.Name)]
public sealed class JelaiTests(PostgresServer postgres)
{
    private const string Logs = "2026-01-05 10:00:00 - Executed cells with error (Cell 3): Input: df.head() Error: NameError";

    internal static readonly CallerIdentity Watcher =
        new("source:1", "hub", "", "default", [Roles.Source, Roles.AsksTutor]) { Source = new LearnerSource("params.student", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") };

    [Fact]
    public async Task A_watchers_message_is_answered_and_continues_the_students_conversation_about_the_notebook()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var watcher = suite.As(Watcher);

        var first = await watcher.PostAsync("/receive_student_message", Message("ada", "Why?"));
        await watcher.PostAsync("/receive_student_message", Message("ada", "And now?"));

        Assert.Equal((HttpStatusCode.OK, "Look at line 2."), (first.Status, first.Text("final_response")));
        Assert.Equal(["system", "user", "assistant", "user"], suite.Model.Last.Roles);
        Assert.Contains($"# Recent activity\n```\n{Logs}\n```", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.EndsWith("# Notebook\nTask.ipynb\n\n# Question\nAnd now?", suite.Model.Last.Question, StringComparison.Ordinal);
        await watcher.PostAsync("/receive_student_message", Message("bob", "Why?"));
        Assert.Equal(["system", "user"], suite.Model.Last.Roles);
    }

    [Fact]
    public async Task Who_is_named_gets_the_pseudonym_that_events_get_and_never_an_accounts()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        await suite.As(Watcher).PostAsync("/receive_student_message", Message("learner-sam", "Why?"));

        var question = await suite.Telemetry.NextEventAsync();
        Assert.Equal(Watcher.Source!.PseudonymOf("learner-sam"), question.GetProperty("learner").GetString());
        Assert.Equal("default", question.GetProperty("course").GetString());
        var sessions = await suite.Student().GetAsync("/llm/chat/sessions/");
        Assert.Equal(0, sessions.Body.GetProperty("sessions").GetArrayLength());
    }

    [Fact]
    public async Task A_student_asks_for_themselves_whatever_the_message_says()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        await suite.Student().PostAsync("/receive_student_message", Message("eve", "Why?"));

        Assert.Equal("learner-sam", (await suite.Telemetry.NextEventAsync()).GetProperty("learner").GetString());
        Assert.Equal(1, (await suite.Student().GetAsync("/llm/chat/sessions/")).Body.GetProperty("sessions").GetArrayLength());
    }

    [Fact]
    public async Task A_message_that_comes_while_the_tutor_answers_is_answered_after_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Wait.");
        var first = suite.As(Watcher).PostAsync("/receive_student_message", Message("ada", "One"));
        await held.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));
        suite.Model.Answer = ModelHostStandIn.Says("Second.");

        var second = suite.As(Watcher).PostAsync("/receive_student_message", Message("ada", "Two"));
        held.GoOn.SetResult();

        Assert.Equal("Wait. And that is all.", (await first).Text("final_response"));
        Assert.Equal("Second.", (await second).Text("final_response"));
        Assert.Equal(4, suite.Model.Last.Roles.Count);
    }

    [Fact]
    public async Task One_students_messages_do_not_pile_up_and_a_keys_leave_room_for_others()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Conversations:MaxNamedTurnsPerCourse", "1"));
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Wait.");
        var watcher = suite.As(Watcher);
        var first = watcher.PostAsync("/receive_student_message", Message("ada", "One"));
        await held.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));
        suite.Model.Answer = ModelHostStandIn.Says("Here.");

        List<Task<Reply>> waiting = [.. Enumerable.Range(0, 3).Select(i => watcher.PostAsync("/receive_student_message", Message("ada", $"More {i}")))];
        var refused = await Task.WhenAny(waiting);

        Assert.Equal(HttpStatusCode.Conflict, (await refused).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await watcher.PostAsync("/receive_student_message", Message("bob", "Why?"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await suite.Student().StartAsync("Why?")).Status);
        held.GoOn.SetResult();
        Assert.Equal(HttpStatusCode.OK, (await first).Status);
        // Those that waited are asked one after the other, or told that there is no room.
        await Task.WhenAll(waiting);
    }

    [Theory]
    [InlineData("", "Why?", "student_id")]
    [InlineData("ada", " ", "message_text")]
    public async Task A_wrong_message_is_a_422_that_names_the_field(string student, string text, string field)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var reply = await suite.As(Watcher).PostAsync("/receive_student_message", Message(student, text));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.True(reply.Body.GetProperty("errors").TryGetProperty(field, out _));
        Assert.Contains(field, reply.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_says_in_detail_what_the_watcher_shows()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = ModelHostStandIn.Refuses(503, "all nodes are busy");
        var reply = await suite.As(Watcher).PostAsync("/receive_student_message", Message("ada", "Why?"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        Assert.Contains("busy", reply.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_expert_query_is_for_instructors_and_shows_the_expert_everything_as_data()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:ExpertModel", "expert"));
        suite.Model.Answer = ModelHostStandIn.Says("Use value_counts.");
        var query = new { student_question = "How many?", assignment_description = "Count words.", learning_objective = "Group rows", history = "Student: hi", logs = Logs, session_id = "task" };

        var reply = await suite.Instructor().PostAsync("/expert_query", query);

        Assert.Equal("Use value_counts.", reply.Text("response"));
        Assert.Equal("expert", suite.Model.Last.Body.GetProperty("model").GetString());
        Assert.Equal(
            $"# Assignment\n```\nCount words.\n```\n\n# Learning objective\n```\nGroup rows\n```\n\n# Earlier in the conversation\n```\nStudent: hi\n```\n\n# Recent activity\n```\n{Logs}\n```\n\n# Question\nHow many?",
            suite.Model.Last.Question);
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(suite.Student(), "/expert_query", query));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(suite.As(Watcher), "/expert_query", query));
        var empty = await suite.Instructor().PostAsync("/expert_query", new { session_id = "x" });
        Assert.True(empty.Body.GetProperty("errors").TryGetProperty("student_question", out _));
    }

    [Fact]
    public async Task Both_agents_say_that_they_are_there()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        Assert.NotEmpty((await suite.As(Watcher).GetAsync("/verify_ta")).Text("message"));
        Assert.NotEmpty((await suite.Instructor().GetAsync("/verify_ea")).Text("message"));
    }

    private static object Message(string student, string text) => new { student_id = student, message_text = text, processed_logs = Logs, file_name = "Task.chat" };

    private static async Task<HttpStatusCode> StatusAsync(Tutoring caller, string path, object body)
    {
        using var content = new StringContent(JsonSerializer.Serialize(body), System.Text.Encoding.UTF8, "application/json");
        using var response = await caller.Http.PostAsync(new Uri(path, UriKind.Relative), content);
        return response.StatusCode;
    }
}
