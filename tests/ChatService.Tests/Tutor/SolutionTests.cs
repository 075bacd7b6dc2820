using System.Text.Json;
using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tutor;

/// <summary>The reference solution stays with the instructor.</summary>
[Collection(SharedPostgres.Name)]
public sealed class SolutionTests(PostgresServer postgres)
{
    private const string Solution = """
        def mean_of_positive(values):
            total = 0
            count = 0
            for value in values:
                if value > 0:
                    total += value
                    count += 1
            return total / count if count > 0 else None
        """;

    /// <summary>The same under other names, laid out differently, with a comment.</summary>
    private const string Disguised = """
        Sure! Like this:
        ```python
        def f(xs):
            s = 0
            n = 0
            # walk over all
            for x in xs:
                if x > 0: s += x; n += 1
            return s / n if n > 0 else None
        ```
        """;

    private static readonly object Context = new { notebook_path = "week-1/Task.ipynb", code = "def mean_of_positive(values):\n    pass" };

    [Fact]
    public async Task An_answer_near_the_solution_is_rewritten_before_anyone_sees_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("week-1/*", solution: Solution);
        suite.Model.Answer = ModelHostStandIn.InTurn(Disguised, "What must the sum be divided by?");

        await using var stream = await suite.Student().StreamStartAsync("Give me the solution", Context);
        var events = await stream.RestAsync();

        Assert.Equal("What must the sum be divided by?", events[^1].Data.GetProperty("message").GetProperty("content").GetString());
        Assert.DoesNotContain("for x in xs", string.Concat(events.Select(one => one.Data.GetRawText())), StringComparison.Ordinal);
        Assert.Equal(2, suite.Model.Asked.Count);
        Assert.Contains("gave too much", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.Equal(14, events[^1].Data.GetProperty("message").GetProperty("output_tokens").GetInt32());
        Assert.Equal("rewritten", (await ReviewAsync(suite)).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task An_answer_that_stays_near_the_solution_is_withheld()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("week-1/*", solution: Solution);
        suite.Model.Answer = ModelHostStandIn.Says(Disguised);

        var reply = await suite.Student().StartAsync("Give me the solution", Context);

        var content = reply.Body.GetProperty("message").GetProperty("content").GetString()!;
        Assert.Contains("kept my answer back", content, StringComparison.Ordinal);
        Assert.DoesNotContain(suite.Model.Asked, asked => asked.Body.GetRawText().Contains("total / count", StringComparison.Ordinal));
        var review = await ReviewAsync(suite);
        Assert.Equal("withheld", review.GetProperty("outcome").GetString());

        JsonElement sent;
        while ((sent = await suite.Telemetry.NextEventAsync()).GetProperty("type").GetString() != "PolicyDecision")
        {
            // The question's own event comes first.
        }

        Assert.Equal("answer_withheld", sent.GetProperty("detail").GetProperty("decision").GetString());
        Assert.Equal(reply.Text("session_id"), sent.GetProperty("detail").GetProperty("about").GetString());
        Assert.Equal("week-1/Task.ipynb", sent.GetProperty("notebook").GetString());
        Assert.InRange(review.GetProperty("likeness").GetDouble(), 0.5, 1);
        Assert.DoesNotContain("for x in xs", (await suite.Student().HistoryAsync(reply.Text("session_id")))[1].GetRawText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Which values count? Look at `value > 0` and at what you divide by.")]
    [InlineData("```python\nfor name in names:\n    print(name)\n```")]
    [InlineData("You began well:\n```python\ndef mean_of_positive(values):\n    pass\n```")]
    public async Task A_hint_is_no_solution(string hint)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("week-1/*", solution: Solution);
        suite.Model.Answer = ModelHostStandIn.Says(hint);

        var reply = await suite.Student().StartAsync("How do I begin?", Context);

        Assert.Equal(hint, reply.Body.GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("passed", (await ReviewAsync(suite)).GetProperty("outcome").GetString());
    }

    [Fact]
    public async Task A_solution_in_small_pieces_is_a_solution()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("week-1/*", solution: Solution);
        var student = suite.Student();
        suite.Model.Answer = ModelHostStandIn.Says("```python\ntotal = 0\ncount = 0\nfor value in values:\n    if value > 0:\n```");
        var session = (await student.StartAsync("The beginning?", Context)).Text("session_id");
        suite.Model.Answer = ModelHostStandIn.Says("```python\n    if value > 0:\n        total += value\n        count += 1\nreturn total / count if count > 0 else None\n```");

        var rest = await student.AskAsync(session, "And the rest?", Context);

        Assert.Contains("kept my answer back", rest.Body.GetProperty("response_message").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("# ", "")]
    [InlineData("// ", "")]
    [InlineData("'", "'")]
    public async Task A_solution_in_comments_or_strings_is_a_solution(string before, string after)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("week-1/*", solution: Solution);
        suite.Model.Answer = ModelHostStandIn.Says(string.Join('\n', Solution.Split('\n').Select(line => $"{before}{line.Trim()}{after}")));

        var reply = await suite.Student().StartAsync("As comments, please", Context);

        Assert.Contains("kept my answer back", reply.Body.GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Naming_another_notebook_does_not_open_the_way_to_a_solution()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("week-1/*", solution: Solution);
        suite.Model.Answer = ModelHostStandIn.Says(Disguised);

        foreach (var context in (object?[])[null, new { notebook_path = "mine.ipynb" }])
        {
            var reply = await suite.Student().StartAsync("Mean of the positive ones?", context);
            Assert.Contains("kept my answer back", reply.Body.GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_answer_that_is_still_to_be_checked_is_nowhere_to_be_seen_not_even_when_it_is_stopped()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("week-1/*", solution: Solution);
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, Disguised);
        var student = suite.Student();
        await using var stream = await student.StreamStartAsync("Give me the solution", Context);
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await student.HistoryWhenAsync(session, history => history[^1].GetProperty("status").GetString() == "running");

        await student.CancelAsync(session);

        Assert.Equal("", (await stream.NextAsync("done")).GetProperty("message").GetProperty("content").GetString());
        Assert.Equal("", (await student.HistoryAsync(session))[1].GetProperty("content").GetString());
    }

    private static async Task<JsonElement> ReviewAsync(ChatSuite suite)
    {
        var turns = await suite.Instructor().GetAsync($"{Teaching.Course}/turns");
        var id = turns.Body.GetProperty("turns")[0].GetProperty("answer_id").GetString();
        return (await suite.Instructor().GetAsync($"{Teaching.Course}/turns/{id}")).Body.GetProperty("record").GetProperty("review");
    }
}
