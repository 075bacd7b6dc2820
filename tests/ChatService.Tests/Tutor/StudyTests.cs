using System.Text.Json;
using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Tutor;

/// <summary>What is found out about a question before it is answered: class, learning objective, how its student asks.</summary>
[Collection(SharedPostgres.Name)]
public sealed class StudyTests(PostgresServer postgres)
{
    private static readonly string[] Objectives = ["Read a table from a file", "Write a loop over a list", "Explain what a dictionary's keys are"];

    [Fact]
    public async Task Without_an_embedding_model_the_objective_is_found_by_words_and_the_event_names_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await AssignAsync(suite);

        await suite.Student().StartAsync("Why are my keys wrong?", new { notebook_path = "a.ipynb" });

        Assert.Contains("# Learning objective\n```\nExplain what a dictionary's keys are\n```", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
        Assert.Equal(Objectives[2], await ObjectiveAsync(suite));
        var record = (await suite.LastRecordAsync()).GetProperty("record");
        Assert.Equal("bm25", record.GetProperty("objective").GetProperty("by").GetString());
        await suite.Student().StartAsync("Thanks a lot!", new { notebook_path = "a.ipynb" });
        Assert.DoesNotContain("# Learning objective", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_embedding_model_finds_the_nearest_objective_and_words_do_when_it_is_away()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:EmbeddingModel", "embed"));
        await AssignAsync(suite);
        suite.Model.Embed = text => text.Contains("CSV", StringComparison.Ordinal) || text.Contains("table", StringComparison.Ordinal) ? [1, 0] : [0, 1];

        await suite.Student().StartAsync("My CSV does not open", new { notebook_path = "a.ipynb" });
        Assert.Equal(Objectives[0], await ObjectiveAsync(suite));
        suite.Model.Embed = null;
        await suite.Student().StartAsync("My loop does not stop", new { notebook_path = "a.ipynb" });
        Assert.Equal(Objectives[1], await ObjectiveAsync(suite));

        Assert.All(suite.Model.Embedded, model => Assert.Equal("embed", model));
        Assert.Equal(2, suite.Model.Embedded.Count);
    }

    [Fact]
    public async Task A_model_sorts_questions_by_the_operators_classes_and_rules_do_when_it_names_none()
    {
        await using var suite = await ChatSuite.StartAsync(
            postgres, ("Tutor:ClassifierModel", "sorter"), ("Tutor:QuestionClasses:conceptual", "asks for an idea"), ("Tutor:QuestionClasses:executive", "wants it done"), ("Tutor:QuestionClasses:other", "anything else"));
        var answer = """{"class": "conceptual"}""";
        suite.Model.Answer = ModelHostStandIn.SaysFor(asked => asked.Body.GetProperty("model").GetString() == "sorter" ? answer : "Look.");

        await suite.Student().StartAsync("What is recursion?");
        Assert.Equal("conceptual", await ClassAsync(suite));
        var sorting = suite.Model.Asked.Single(asked => asked.Body.GetProperty("model").GetString() == "sorter");
        Assert.Contains("- conceptual: asks for an idea", sorting.Contents("system")[0], StringComparison.Ordinal);
        Assert.Equal(["conceptual", "executive", "other"], sorting.Body.GetProperty("format").GetProperty("properties").GetProperty("class").GetProperty("enum").EnumerateArray().Select(one => one.GetString()));
        answer = "hm";
        await suite.Student().StartAsync("Just give me the solution");
        Assert.Equal("executive", await ClassAsync(suite));
        await suite.Student().StartAsync("Why?");
        Assert.Equal("other", await ClassAsync(suite));
    }

    [Fact]
    public async Task A_question_may_be_studied_for_longer_than_a_lease()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:ClassifierModel", "sorter"), ("Tutor:ClassifierTimeout", "00:01:00"), ("Conversations:TurnLease", "00:00:03"));
        suite.Model.Answer = async context =>
        {
            var sorts = suite.Model.Last.Body.GetProperty("model").GetString() == "sorter";
            await Task.Delay(TimeSpan.FromSeconds(sorts ? 7 : 0));
            await ModelHostStandIn.Says(sorts ? """{"class": "other"}""" : "Look.")(context);
        };

        var reply = await suite.Student().StartAsync("Why?");

        Assert.Equal("done", reply.Body.GetProperty("message").GetProperty("status").GetString());
    }

    [Fact]
    public async Task The_tutor_grows_firmer_with_each_question_to_have_it_done_and_praises_the_turn_from_it()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        List<string> asking = [];
        for (var i = 0; i < 5; i++)
        {
            await AskAsync("Just give me the solution");
        }

        await AskAsync("Why is it so?");
        await AskAsync("And how does it go on?");

        Assert.Equal(["The student asks to have it done.", "The student asks the second time", "The student asks the third time", "The student keeps asking", "The student keeps asking", "The student now asks to understand", ""], asking);
        Assert.Contains("# Earlier questions of this student\n```\nQuestions in the last 30 days: 6 (5 executive, 1 instrumental).\nMost of them asked to have it done.\n```", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);

        var report = (await suite.Instructor().GetAsync($"{Teaching.Course}/report")).Body;
        Assert.Equal((7, 7, 1), (report.GetProperty("questions").GetInt32(), report.GetProperty("answers").GetInt32(), report.GetProperty("students").GetInt32()));
        Assert.Equal("learner-sam", report.GetProperty("flagged")[0].GetProperty("learner").GetString());

        async Task AskAsync(string question)
        {
            await suite.Student().StartAsync(question);
            string[] known = ["The student asks to have it done.", "The student asks the second time", "The student asks the third time", "The student keeps asking", "The student now asks to understand"];
            asking.Add(known.FirstOrDefault(one => suite.Model.Last.Contents("system")[0].Contains(one, StringComparison.Ordinal)) ?? "");
        }
    }

    [Fact]
    public async Task Report_is_answered_from_the_students_own_questions_without_a_model()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var none = await suite.Student("eve").StartAsync("/report");
        await suite.Student().StartAsync("Why?", new { error = new { name = "KeyError", value = "'a'" } });
        var asked = suite.Model.Asked.Count;

        var reply = await suite.Student().StartAsync(" /Report ");

        Assert.Contains("nothing to report", Content(none), StringComparison.Ordinal);
        Assert.Contains("1 questions: 1 to understand", Content(reply), StringComparison.Ordinal);
        Assert.Contains("KeyError (1x)", Content(reply), StringComparison.Ordinal);
        Assert.Equal(asked, suite.Model.Asked.Count);

        static string Content(Reply reply) => reply.Body.GetProperty("message").GetProperty("content").GetString()!;
    }

    [Theory]
    [InlineData(51, "x")]
    [InlineData(1, "")]
    public async Task Wrong_objectives_are_refused_by_name(int count, string text)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var reply = await suite.Instructor().PostAsync($"{Teaching.Course}/assignments", new { title = "T", path_pattern = "*", objectives = Enumerable.Repeat(text, count) });
        Assert.True(reply.Body.GetProperty("errors").TryGetProperty("objectives", out _));
    }

    private static async Task AssignAsync(ChatSuite suite)
    {
        var made = await suite.Instructor().PostAsync($"{Teaching.Course}/assignments", new { title = "Week 1", path_pattern = "*", objectives = Objectives });
        Assert.Equal(3, made.Body.GetProperty("objectives").GetArrayLength());
    }

    private static async Task<string?> ObjectiveAsync(ChatSuite suite) => (await QuestionAsync(suite)).GetProperty("objective").GetString();

    private static async Task<string?> ClassAsync(ChatSuite suite) => (await QuestionAsync(suite)).GetProperty("class").GetString();

    private static async Task<JsonElement> QuestionAsync(ChatSuite suite)
    {
        while (true)
        {
            var next = await suite.Telemetry.NextEventAsync();
            if (next.GetProperty("type").GetString() == "TutorQuestion")
            {
                return next.GetProperty("detail");
            }
        }
    }
}
