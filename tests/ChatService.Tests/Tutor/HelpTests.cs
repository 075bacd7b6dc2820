using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tutor;

/// <summary>How much the tutor helps: the hint ladder and the policy.</summary>
[Collection(SharedPostgres.Name)]
public sealed class HelpTests(PostgresServer postgres)
{
    private static readonly object Failing = new { notebook_path = "week-1/Task.ipynb", code = "df.head(5)", error = new { name = "NameError", value = "name 'df' is not defined" } };

    [Fact]
    public async Task The_hint_level_rises_each_time_the_same_error_is_asked_about_in_whichever_conversation()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();

        var first = await student.StartAsync("Why?", Failing);
        Assert.Equal("1 of 4", LevelAsked(suite));
        Assert.Equal(1, first.Body.GetProperty("message").GetProperty("hint_level").GetInt32());
        await student.AskAsync(first.Text("session_id"), "And?", Failing);
        Assert.Equal("2 of 4", LevelAsked(suite));
        await student.StartAsync("Why?", Failing);
        Assert.Equal("3 of 4", LevelAsked(suite));
        await suite.Student("eve").StartAsync("Why?", Failing);
        Assert.Equal("1 of 4", LevelAsked(suite));
        await student.StartAsync("Why?", new { notebook_path = "week-1/Task.ipynb", error = new { name = "KeyError", value = "'a'" } });
        Assert.Equal("1 of 4", LevelAsked(suite));
    }

    [Fact]
    public async Task Numbers_in_a_message_do_not_make_it_another_error_and_a_retry_is_no_second_question()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        suite.Model.Answer = ModelHostStandIn.SaysThenErrs("gone");
        var session = (await student.StartAsync("Why?", Index(3))).Text("session_id");
        suite.Model.Answer = ModelHostStandIn.Says("Look.");

        await student.RetryAsync(session);
        Assert.Equal("1 of 4", LevelAsked(suite));
        await student.AskAsync(session, "Again", Index(7));
        Assert.Equal("2 of 4", LevelAsked(suite));

        static object Index(int index) => new { error = new { name = "IndexError", value = $"index {index} is out of bounds" } };
    }

    [Fact]
    public async Task A_question_about_a_subject_does_not_climb_the_ladder_of_the_last_error()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Telemetry.LastError = TelemetryStandIn.Is(new { time = DateTimeOffset.UtcNow, name = "NameError", value = "x", traceback = (string[])[] });
        var session = (await suite.Student().StartAsync("What is a list?")).Text("session_id");

        await suite.Student().AskAsync(session, "I am stuck, what is wrong?");

        Assert.Equal("1 of 4", LevelAsked(suite));
    }

    [Fact]
    public async Task The_policy_ends_the_ladder_and_the_model_is_told_of_the_assignment()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("week-1/*", new { max_hint_level = 1 }, description: "Load the table and show its head.");
        await suite.Student().StartAsync("Why?", Failing);
        await suite.Student().StartAsync("Why?", Failing);

        Assert.Equal("1 of 1", LevelAsked(suite));
        Assert.Contains("# Assignment: Week 1\n```\nLoad the table and show its head.\n```", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_a_lockdown_the_model_is_not_asked()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.SetPolicyAsync(new { lockdown = true });

        var reply = await suite.Student().StartAsync("What is the answer?", Failing);

        Assert.Contains("exam", reply.Body.GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
        Assert.Empty(suite.Model.Asked);
        await using var stream = await suite.Student().StreamStartAsync("And now?");
        Assert.Equal("done", (await stream.RestAsync())[^1].Name);
        Assert.Empty(suite.Model.Asked);
        await suite.SetPolicyAsync(new { lockdown = false });
        await suite.Student().StartAsync("And now?");
        Assert.Single(suite.Model.Asked);
    }

    [Fact]
    public async Task Where_no_code_may_be_shown_the_model_is_told_and_blocks_that_it_writes_are_left_out()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.SetPolicyAsync(new { show_code = false });
        suite.Model.Answer = ModelHostStandIn.Says("You wrote\n```python\ndf.head(5)\n```\nTry\n```python\ndf = pd.read_csv('x')\n```\nWhat is `df`?\n~~~\nx = 1");

        await using var stream = await suite.Student().StreamStartAsync("Why?", Failing);
        var events = await stream.RestAsync();

        Assert.Contains("Show no code at all", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
        var shown = events[^1].Data.GetProperty("message").GetProperty("content").GetString()!;
        Assert.Contains("```python\ndf.head(5)\n```", shown, StringComparison.Ordinal);
        Assert.Contains("What is `df`?", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("read_csv", string.Concat(events.Select(one => one.Data.GetRawText())), StringComparison.Ordinal);
        Assert.DoesNotContain("x = 1", shown, StringComparison.Ordinal);
    }

    private static string LevelAsked(ChatSuite suite)
    {
        const string label = "- Hint level: ";
        var system = suite.Model.Last.Contents("system")[0];
        return system.Substring(system.IndexOf(label, StringComparison.Ordinal) + label.Length, 6);
    }
}
