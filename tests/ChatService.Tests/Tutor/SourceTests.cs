using System.Net;
using System.Text.Json;
using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tutor;

/// <summary>What the model is shown, from where, within which budget, and that instructors can see it.</summary>
[Collection(SharedPostgres.Name)]
public sealed class SourceTests(PostgresServer postgres)
{
    [Fact]
    public async Task Each_piece_that_the_model_is_shown_is_named_with_its_source_and_budget()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var assignment = await suite.AssignAsync("week-1/*");
        suite.Telemetry.Activity = TelemetryStandIn.Is(new { executions = 12, failures = 5, errors = new[] { new { name = "NameError", count = 3 }, new { name = "KeyError", count = 2 } } });
        suite.Telemetry.LastError = TelemetryStandIn.Is(new { time = DateTimeOffset.UtcNow, notebook = "week-1/Task.ipynb", name = "NameError", value = "x", traceback = (string[])[] });

        var reply = await suite.Student().StartAsync("Why?", new { notebook_path = "week-1/Task.ipynb", code = "df.head()", language = "python", cells_before = (string[])["import pandas as pd", "df = 1"], cells_after = (string[])["df.tail()"] });

        Assert.StartsWith(
            """
            # Recent activity
            ```
            In the last hour the student ran 12 cells; 5 of them failed. Errors: NameError (3x), KeyError (2x).
            ```

            # Cells above
            ```python
            import pandas as pd
            ```

            ```python
            df = 1
            ```

            # Cells below
            ```python
            df.tail()
            ```

            # Notebook
            week-1/Task.ipynb

            # Code (python)
            """.ReplaceLineEndings("\n"),
            suite.Model.Last.Question,
            StringComparison.Ordinal);
        var sources = reply.Body.GetProperty("message").GetProperty("sources").EnumerateArray().ToArray();
        Assert.Equal(
            [$"assignment assignment:{assignment}", "code request", "cells_around request", "error telemetry", "activity telemetry"],
            sources.Select(source => $"{source.GetProperty("kind").GetString()} {source.GetProperty("from").GetString()}"));
        Assert.All(sources, source => Assert.InRange(source.GetProperty("tokens").GetInt32(), 1, source.GetProperty("budget").GetInt32()));
        Assert.All(sources, source => Assert.False(source.GetProperty("cut").GetBoolean()));
    }

    [Fact]
    public async Task What_is_cut_says_so_and_of_the_cells_around_the_nearest_stay()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:MaxCodeTokens", "100"), ("Tutor:MaxCellsAroundTokens", "20"));

        var reply = await suite.Student().StartAsync("Why?", new { code = new string('x', 1000), cells_before = (string[])["far = 'far away from here, and long'", "near = 1"] });

        Assert.Contains("# Cells above\n```\nnear = 1\n```", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.DoesNotContain("far away", suite.Model.Last.Question, StringComparison.Ordinal);
        var sources = reply.Body.GetProperty("message").GetProperty("sources").EnumerateArray();
        Assert.All(sources, source => Assert.True(source.GetProperty("cut").GetBoolean()));
    }

    [Fact]
    public async Task What_of_a_conversation_does_not_fit_is_named_and_counted()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:MaxHistoryTokens", "20"));
        var student = suite.Student();
        var session = (await student.StartAsync("How do I read a file?\nIt is large.")).Text("session_id");
        await student.AskAsync(session, "And write one?");
        await student.AskAsync(session, "And close it?");

        Assert.StartsWith("# Earlier questions, left out here\n```\n- How do I read a file?", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.Equal(["system", "user", "assistant", "user"], suite.Model.Last.Roles);
        var history = (await LastRecordAsync(suite)).GetProperty("record").GetProperty("history");
        Assert.Equal((4, 2, 2, 20), (Number("total"), Number("shown"), Number("left_out"), Number("budget")));
        Assert.InRange(Number("tokens"), 1, 20);

        int Number(string name) => history.GetProperty(name).GetInt32();
    }

    [Fact]
    public async Task Instructors_see_exactly_what_the_model_saw()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var session = (await suite.Student().StartAsync("Why?", new { notebook_path = "Task.ipynb", code = "1/0", language = "python" })).Text("session_id");
        await suite.Student().AskAsync(session, "Just give me the solution");

        var turn = await LastRecordAsync(suite);

        Assert.Equal(("learner-sam", "Just give me the solution", "Look at line 2.", "done"), (Text("learner"), Text("question"), Text("answer"), Text("status")));
        var record = turn.GetProperty("record");
        Assert.Equal("executive", record.GetProperty("question_class").GetString());
        Assert.Equal(suite.Model.Last.Body.GetProperty("model").GetString(), record.GetProperty("model").GetString());
        var saw = suite.Model.Last.Body.GetProperty("messages").EnumerateArray().Select(message => (message.GetProperty("role").GetString(), message.GetProperty("content").GetString()));
        Assert.Equal(saw, record.GetProperty("messages").EnumerateArray().Select(message => (message.GetProperty("role").GetString(), message.GetProperty("content").GetString())));
        Assert.Equal(2, record.GetProperty("prompts").GetArrayLength());

        string? Text(string name) => turn.GetProperty(name).GetString();
    }

    [Fact]
    public async Task Turns_are_listed_by_page_and_by_student_of_the_own_course_alone()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.Student().StartAsync("One");
        await suite.Student("eve").StartAsync("Two");
        await suite.As(TestIdentity.Student(course: "other")).StartAsync("Elsewhere");

        var first = await suite.Instructor().GetAsync($"{Teaching.Course}/turns?limit=1");
        var second = await suite.Instructor().GetAsync($"{Teaching.Course}/turns?limit=1&before={first.Text("next")}");
        Assert.Equal(("Two", "One"), (Question(first), Question(second)));
        Assert.Equal("One", Question(await suite.Instructor().GetAsync($"{Teaching.Course}/turns?learner=learner-sam")));
        var elsewhere = await suite.As(TestIdentity.Instructor(course: "other")).GetAsync("/tutor/courses/other/turns");
        var id = elsewhere.Body.GetProperty("turns")[0].GetProperty("answer_id").GetString();
        Assert.Equal(HttpStatusCode.NotFound, (await suite.Instructor().GetAsync($"{Teaching.Course}/turns/{id}")).Status);

        static string? Question(Reply page) => page.Body.GetProperty("turns").EnumerateArray().Single().GetProperty("question").GetString();
    }

    [Theory]
    [InlineData("Just give me the full solution", "executive")]
    [InlineData("Can you fix my code", "executive")]
    [InlineData("Gib mir bitte die Lösung", "executive")]
    [InlineData("Why is my list empty?", "instrumental")]
    [InlineData("Was bedeutet dieser Fehler?", "instrumental")]
    [InlineData("Thanks!", "other")]
    public async Task A_question_is_classified_and_the_learning_event_says_so(string question, string expected)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        await suite.Student().StartAsync(question);

        var detail = (await suite.Telemetry.NextEventAsync()).GetProperty("detail");
        Assert.Equal((expected, 1), (detail.GetProperty("class").GetString(), detail.GetProperty("hint_level").GetInt32()));
    }

    private static async Task<JsonElement> LastRecordAsync(ChatSuite suite)
    {
        var turns = await suite.Instructor().GetAsync($"{Teaching.Course}/turns");
        var id = turns.Body.GetProperty("turns")[0].GetProperty("answer_id").GetString();
        return (await suite.Instructor().GetAsync($"{Teaching.Course}/turns/{id}")).Body;
    }
}
