using System.Net;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tutor;

[Collection(SharedPostgres.Name)]
public sealed class PromptTests(PostgresServer postgres)
{
    private static readonly object NameError = new
    {
        name = "NameError",
        value = "name 'df' is not defined",
        traceback = (string[])["\u001b[0;31m----\u001b[0m", "\u001b[1;32mCell In[1], line 1\u001b[0m\r\n", "\u001b]8;;http://evil\u0007df\u001b]8;;\u0007.head()"],
    };

    [Fact]
    public async Task The_model_is_shown_notebook_code_error_and_question_in_the_agreed_form()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        await suite.Student().StartAsync("Why does this fail?", new { notebook_path = "week 1/Task.ipynb", cell_id = "a1", code = "df.head()\n", language = "python", error = NameError });

        var asked = suite.Model.Last;
        Assert.Equal(["system", "user"], asked.Roles);
        Assert.Equal(
            """
            # Notebook
            week 1/Task.ipynb

            # Code (python)
            ```python
            df.head()
            ```

            # Error
            ```
            NameError: name 'df' is not defined
            ----
            Cell In[1], line 1

            df.head()
            ```

            # Question
            Why does this fail?
            """.ReplaceLineEndings("\n"),
            asked.Question);
        Assert.Equal("tutor", asked.Body.GetProperty("model").GetString());
        Assert.True(asked.Body.GetProperty("stream").GetBoolean());
        Assert.Contains("hints, never the finished solution", asked.Contents("system")[0], StringComparison.Ordinal);
        Assert.DoesNotContain("---", asked.Contents("system")[0], StringComparison.Ordinal);
        Assert.Equal(1024, asked.Body.GetProperty("options").GetProperty("num_predict").GetInt32());
    }

    [Fact]
    public async Task What_is_unknown_has_no_section()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);

        await suite.Student().StartAsync("What is a list?");

        Assert.Equal("# Question\nWhat is a list?", suite.Model.Last.Question);
    }

    [Fact]
    public async Task Without_an_error_in_the_request_the_students_last_one_comes_from_telemetry_under_the_students_identity()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Telemetry.LastError = TelemetryStandIn.Is(new
        {
            time = DateTimeOffset.UtcNow,
            notebook = "Übung 1.ipynb",
            cell = "a1",
            language = "python",
            code = "df.head()",
            name = "NameError",
            value = "name 'df' is not defined",
            traceback = (string[])["Traceback (most recent call last)", "df.head()"],
        });

        await suite.Student().StartAsync("What is wrong?", new { notebook_path = "Übung 1.ipynb" });

        Assert.Equal(
            "# Notebook\nÜbung 1.ipynb\n\n# Code (python)\n```python\ndf.head()\n```\n\n# Error\n```\nNameError: name 'df' is not defined\nTraceback (most recent call last)\ndf.head()\n```\n\n# Question\nWhat is wrong?",
            suite.Model.Last.Question);
        Assert.Equal("?notebook=%C3%9Cbung%201.ipynb", suite.Telemetry.AskedFor);
        var asker = new IdentityTokens(TestIdentity.Key, IdentityTokens.InternalPurpose, "test", TimeSpan.FromMinutes(5), TimeProvider.System).Read(suite.Telemetry.AskedBy);
        Assert.Equal(TestIdentity.Student().Subject, asker?.Subject);
    }

    [Fact]
    public async Task The_requests_own_error_and_code_come_before_those_of_telemetry()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Telemetry.LastError = TelemetryStandIn.Is(new { time = DateTimeOffset.UtcNow, code = "other", name = "OtherError", value = "x", traceback = (string[])[] });

        await suite.Student().StartAsync("Why?", new { code = "1/0", error = new { name = "ZeroDivisionError", value = "division by zero" } });
        Assert.DoesNotContain("Other", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.Null(suite.Telemetry.AskedFor);

        await suite.Student().StartAsync("Why?", new { code = "1/0" });
        Assert.Contains("1/0", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.DoesNotContain("other", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.Contains("OtherError: x", suite.Model.Last.Question, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hangs")]
    [InlineData("fails")]
    [InlineData("talks nonsense")]
    [InlineData("knows an old one")]
    [InlineData("is away")]
    public async Task A_turn_goes_on_when_telemetry(string state)
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:LastErrorTimeout", "00:00:00.200"));
        suite.Telemetry.LastError = state switch
        {
            "hangs" => TelemetryStandIn.Hangs,
            "fails" => context => Task.FromResult(context.Response.StatusCode = 500),
            "talks nonsense" => TelemetryStandIn.Is((int[])[1, 2]),
            "knows an old one" => TelemetryStandIn.Is(new { time = DateTimeOffset.UtcNow.AddDays(-1), name = "OldError", value = "", traceback = (string[])[] }),
            _ => TelemetryStandIn.None,
        };
        if (state == "is away")
        {
            await suite.Telemetry.DisposeAsync();
        }

        var reply = await suite.Student().StartAsync("Why?");

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("# Question\nWhy?", suite.Model.Last.Question);
    }

    [Fact]
    public async Task Earlier_questions_are_shown_with_the_context_that_they_had()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        var session = (await student.StartAsync("Why?", new { notebook_path = "Task.ipynb", code = "1/0", language = "python" })).Text("session_id");
        var first = suite.Model.Last.Question;

        await student.AskAsync(session, "And now?");

        Assert.Equal(["system", "user", "assistant", "user"], suite.Model.Last.Roles);
        Assert.Equal(first, suite.Model.Last.Contents("user")[0]);
        Assert.Equal(["Look at line 2."], suite.Model.Last.Contents("assistant"));
        Assert.Equal("# Notebook\nTask.ipynb\n\n# Question\nAnd now?", suite.Model.Last.Question);
    }

    [Fact]
    public async Task A_retry_shows_the_model_what_the_first_try_did()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var student = suite.Student();
        suite.Telemetry.LastError = TelemetryStandIn.Is(new { time = DateTimeOffset.UtcNow, name = "FirstError", value = "x", traceback = (string[])[] });
        suite.Model.Answer = ModelHostStandIn.SaysThenErrs("gone", "partial");
        var session = (await student.StartAsync("Why?")).Text("session_id");
        var first = suite.Model.Last.Question;
        suite.Telemetry.LastError = TelemetryStandIn.None;
        suite.Model.Answer = ModelHostStandIn.Says("Yes.");

        await student.RetryAsync(session);

        Assert.Contains("FirstError", first, StringComparison.Ordinal);
        Assert.Equal(first, suite.Model.Last.Question);
        Assert.Equal(["system", "user"], suite.Model.Last.Roles);
    }

    [Fact]
    public async Task History_keeps_its_budgets_and_begins_with_a_question()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:MaxHistoryMessages", "3"), ("Tutor:MaxHistoryTokens", "60"));
        var student = suite.Student();
        var session = (await student.StartAsync("one")).Text("session_id");
        await student.AskAsync(session, "two");
        await student.AskAsync(session, "three");
        Assert.Equal(["two", "three"], suite.Model.Last.Contents("user").Select(Questions.WordsOf));
        Assert.Equal("user", suite.Model.Last.Roles[1]);

        await student.AskAsync(session, new string('x', 300));
        await student.AskAsync(session, "five");
        Assert.Equal(["system", "user"], suite.Model.Last.Roles);
    }
}
