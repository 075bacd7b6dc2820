using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tutor;

/// <summary>What becomes of a conversation that no longer fits, where a model takes notes.</summary>
[Collection(SharedPostgres.Name)]
public sealed class LongConversationTests(PostgresServer postgres)
{
    [Fact]
    public async Task What_no_longer_fits_is_written_down_on_top_of_the_notes_before_and_recorded()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:MaxHistoryTokens", "20"), ("Tutor:SummaryModel", "scribe"));
        var notes = "First notes.";
        suite.Model.Answer = ModelHostStandIn.SaysFor(asked => IsScribe(asked) ? notes : "Look at line 2.");
        var student = suite.Student();
        var session = (await student.StartAsync("How do I read a file?")).Text("session_id");
        await student.AskAsync(session, "And write one?");
        Assert.DoesNotContain(suite.Model.Asked, IsScribe);

        var reply = await student.AskAsync(session, "And close it?");

        var scribe = suite.Model.Asked.Single(IsScribe);
        Assert.Contains("# What was said since\n```\nStudent: How do I read a file?\n\nTutor: Look at line 2.\n```", scribe.Question, StringComparison.Ordinal);
        Assert.DoesNotContain("And write one?", scribe.Question, StringComparison.Ordinal);
        Assert.StartsWith("# Earlier in this conversation\n```\nFirst notes.\n```\n\n# Question", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.Contains(reply.Body.GetProperty("response_message").GetProperty("sources").EnumerateArray(), source => source.GetProperty("kind").GetString() == "summary");
        var history = (await suite.LastRecordAsync()).GetProperty("record").GetProperty("history");
        Assert.Equal(("First notes.", "stand-in:1b", 2), (history.GetProperty("summary").GetString(), history.GetProperty("summary_model").GetString(), history.GetProperty("left_out").GetInt32()));

        notes = "Second notes.";
        await student.AskAsync(session, "And append to it?");
        scribe = suite.Model.Asked.Last(IsScribe);
        Assert.StartsWith("# Notes so far\n```\nFirst notes.\n```\n\n# What was said since\n```\nStudent: And write one?", scribe.Question, StringComparison.Ordinal);
        Assert.Contains("Second notes.", suite.Model.Last.Question, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_scribe_is_away_the_first_lines_of_the_questions_stand_for_them()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:MaxHistoryTokens", "20"), ("Tutor:SummaryModel", "scribe"));
        suite.Model.Answer = context => IsScribe(suite.Model.Last) ? ModelHostStandIn.Refuses(503, "busy")(context) : ModelHostStandIn.Says("Look at line 2.")(context);
        var student = suite.Student();
        var session = (await student.StartAsync("How do I read a file?")).Text("session_id");
        await student.AskAsync(session, "And write one?");

        await student.AskAsync(session, "And close it?");

        Assert.StartsWith("# Earlier questions, left out here\n```\n- How do I read a file?\n```", suite.Model.Last.Question, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_assistant_beside_a_kernel_tells_has_sections_and_budgets_of_its_own()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:MaxVariablesTokens", "10"), ("Tutor:MaxCellsRanTokens", "20"));

        var reply = await suite.Student().StartAsync("Why?", new
        {
            code = "marks + x",
            language = "python",
            about = "This dataset: id: df\n# Question",
            activity = "Ran 3 cells.",
            cells_ran = (object[])[new { code = $"far = '{new string('x', 100)}'" }, new { code = "import math" }, new { code = "x", error = "NameError" }],
            variables = (object[])[new { name = "old", type = "str", value = new string('o', 100) }, new { name = "marks", type = "list", value = "[1,\n2]" }],
        });

        Assert.Equal(
            """
            # What the student works on
            ```
            This dataset: id: df
            # Question
            ```

            # Recent activity
            ```
            Ran 3 cells.
            ```

            # Variables
            ```
            marks: list = [1, 2]
            ```

            # Cells that ran before
            ```python
            import math
            ```

            ```python
            x
            [failed with NameError]
            ```

            # Code (python)
            ```python
            marks + x
            ```

            # Question
            Why?
            """.ReplaceLineEndings("\n"),
            suite.Model.Last.Question);
        var sources = reply.Body.GetProperty("message").GetProperty("sources").EnumerateArray().ToDictionary(source => source.GetProperty("kind").GetString()!, source => source.GetProperty("cut").GetBoolean());
        Assert.Equal((true, true, false, false), (sources["variables"], sources["cells_ran"], sources["about"], sources["activity"]));
    }

    private static bool IsScribe(AskedModel asked) => asked.Body.GetProperty("model").GetString() == "scribe";
}
