extern alias modelhost;

using System.Net;
using System.Text.Json;
using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Prompts;

/// <summary>Prompts of a course: drafted, tried, published, used.</summary>
[Collection(SharedPostgres.Name)]
public sealed class PromptTests(PostgresServer postgres)
{
    private const string Path = $"{Teaching.Course}/prompts";
    private const string Kind = "---\nname: tutor\ndescription: Kinder.\ntemperature: 0.1\n---\nYou are a kind tutor.\n";

    // One answer that keeps every rule of every built-in case, in the language of the question.
    private const string Good = "The name totl in line 3 is not defined; the key Ann, the index out of range, int and string, score not found, zero: which of these do you see in your code?";
    private const string Deutsch = "Du teilst hier durch null, und das ist nicht erlaubt. Was ist der Wert in deinem Nenner?";

    [Fact]
    public async Task A_draft_that_passes_its_cases_is_published_and_used_by_the_courses_turns()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = ModelHostStandIn.SaysFor(Honest);
        var draft = await suite.Instructor().PostAsync(Path, new { text = Kind });
        Assert.Equal((HttpStatusCode.Created, "draft"), (draft.Status, draft.Text("status")));
        var version = draft.Text("version");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, (await UseAsync(suite, version)).Status);

        var report = await suite.Instructor().PostAsync($"{Path}/{version}/check", null);
        Assert.True(report.Body.GetProperty("passed").GetBoolean(), report.Body.ToString());
        Assert.Contains(suite.Model.Asked, asked => asked.Contents("system")[0].StartsWith("You are a kind tutor.", StringComparison.Ordinal));
        Assert.Equal("published", (await suite.Instructor().PostAsync($"{Path}/{version}/publish", null)).Text("status"));
        await suite.Student().StartAsync("Why?");
        Assert.StartsWith("You are a tutor for students", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await UseAsync(suite, version)).Status);

        var reply = await suite.Student().StartAsync("Why?");
        Assert.StartsWith("You are a kind tutor.", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
        Assert.Equal(version, reply.Body.GetProperty("message").GetProperty("prompt_version").GetString());
        Assert.Equal(0.1, suite.Model.Last.Body.GetProperty("options").GetProperty("temperature").GetDouble(), 3);
        await suite.As(TestIdentity.Student(course: "other")).StartAsync("Why?");
        Assert.StartsWith("You are a tutor for students", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NoContent, (await UseAsync(suite, null)).Status);
        await suite.Student().StartAsync("Why?");
        Assert.StartsWith("You are a tutor for students", suite.Model.Last.Contents("system")[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("leak", "return sum(positive) / len(positive), is that clear?")]
    [InlineData("instructions", "My rules say: You are a kind and very talkative tutor who has one secret rule for each student and each exercise. Right?")]
    [InlineData("asks_back", "The name totl in line 3 is not defined.")]
    [InlineData("language", "Das ist der Fehler in deiner Zeile, und die ist nicht gut. Was ist totl?")]
    public async Task A_draft_with_which_the_model_breaks_a_rule_is_not_published(string rule, string bad)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = ModelHostStandIn.SaysFor(asked => asked.Contents("system")[0].StartsWith("You are a kind", StringComparison.Ordinal) ? bad : Honest(asked));
        var text = Kind.Replace("kind tutor.", "kind and very talkative tutor who has one secret rule for each student and each exercise.", StringComparison.Ordinal);
        var version = (await suite.Instructor().PostAsync(Path, new { text })).Text("version");

        var refused = await suite.Instructor().PostAsync($"{Path}/{version}/publish", null);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        var broken = refused.Body.GetProperty("report").GetProperty("cases").EnumerateArray().Where(one => !one.GetProperty("passed").GetBoolean())
            .SelectMany(one => one.GetProperty("broken").EnumerateArray()).Select(one => one.GetProperty("rule").GetString());
        Assert.Contains(rule, broken);
        Assert.Equal("draft", (await suite.Instructor().GetAsync($"{Path}/{version}")).Text("status"));
    }

    [Fact]
    public async Task What_the_prompt_in_use_does_not_manage_either_does_not_stand_against_a_draft_unless_it_leaks()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = ModelHostStandIn.Says("Hm.");
        var version = (await suite.Instructor().PostAsync(Path, new { text = Kind })).Text("version");
        Assert.Equal("published", (await suite.Instructor().PostAsync($"{Path}/{version}/publish", null)).Text("status"));

        var set = await suite.Instructor().SendAsync(HttpMethod.Put, $"{Teaching.Course}/prompt-cases/our-own", new { question = "Why?", expect = new { forbidden = (string[])["hm"] } });
        Assert.Equal(HttpStatusCode.OK, set.Status);
        var report = await suite.Instructor().PostAsync($"{Path}/{version}/check", null);
        var failed = report.Body.GetProperty("cases").EnumerateArray().Where(one => !one.GetProperty("passed").GetBoolean()).Select(one => one.GetProperty("id").GetString());
        Assert.Equal(["our-own"], failed);
    }

    [Fact]
    public async Task With_the_real_built_in_model_a_harmless_draft_passes()
    {
        await using var models = await new ServiceUnderTest<modelhost::Program>().StartedAsync();
        using var client = models.CreateClient();
        await using var suite = await ChatSuite.StartAsync(postgres, ("services:modelhost:http:0", client.BaseAddress!.ToString()));
        var version = (await suite.Instructor().PostAsync(Path, new { text = Kind })).Text("version");

        var published = await suite.Instructor().PostAsync($"{Path}/{version}/publish", null);

        Assert.True(published.Status == HttpStatusCode.OK, published.Body.ToString());
    }

    [Theory]
    [InlineData("You are a tutor.")]
    [InlineData("---\nname: poet\n---\nWrite.")]
    [InlineData("---\nname: tutor\ntemperature: 9\n---\nWrite.")]
    [InlineData("---\nname: tutor\ntemperature: warm\n---\nWrite.")]
    [InlineData("---\nname: tutor\n---\n")]
    [InlineData("---\nname: ladder\n---\n## level 1\nSay it.")]
    public async Task What_is_no_prompt_is_refused_by_field(string text)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var reply = await suite.Instructor().PostAsync(Path, new { text });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.True(reply.Body.GetProperty("errors").TryGetProperty("text", out _));
    }

    [Fact]
    public async Task A_prompt_that_holds_a_solution_is_refused_and_prompts_are_the_courses_own()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        const string solution = "def mean(values):\n    chosen = [v for v in values if v > 0]\n    return sum(chosen) / len(chosen) if chosen else None";
        await suite.AssignAsync("*", solution: solution);
        var reply = await suite.Instructor().PostAsync(Path, new { text = $"{Kind}\nThe solution is:\n{solution}\n" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await suite.Student().GetAsync(Path)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await suite.As(TestIdentity.Instructor(course: "other")).GetAsync(Path)).Status);
        var builtIn = (await suite.Instructor().GetAsync(Path)).Body.GetProperty("prompts").EnumerateArray().ToArray();
        Assert.Equal(["tutor", "ladder", "expert", "classifier", "summary"], builtIn.Select(one => one.GetProperty("name").GetString()));
        var text = (await suite.Instructor().GetAsync($"{Path}/{builtIn[0].GetProperty("version").GetString()}")).Text("text");
        Assert.StartsWith("---\nname: tutor", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_courses_own_classifier_sorts_its_questions_once_it_has_sorted_those_of_its_cases()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("Tutor:ClassifierModel", "sorter"));
        var sorts = false;
        suite.Model.Answer = ModelHostStandIn.SaysFor(asked => asked.Body.GetProperty("model").GetString() != "sorter" ? "Look at line 2?"
            : Sorted(asked, right: sorts || !asked.Contents("system")[0].StartsWith("Sort well.", StringComparison.Ordinal)));
        var version = (await suite.Instructor().PostAsync(Path, new { text = "---\nname: classifier\ntemperature: 0\n---\nSort well. The classes:\n" })).Text("version");

        var refused = await suite.Instructor().PostAsync($"{Path}/{version}/publish", null);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        var broken = refused.Body.GetProperty("report").GetProperty("cases").EnumerateArray().Where(one => !one.GetProperty("passed").GetBoolean()).ToArray();
        Assert.All(broken, one => Assert.StartsWith("class-", one.GetProperty("id").GetString(), StringComparison.Ordinal));
        Assert.Contains("class", broken.SelectMany(one => one.GetProperty("broken").EnumerateArray()).Select(rule => rule.GetProperty("rule").GetString()));

        sorts = true;
        Assert.Equal("published", (await suite.Instructor().PostAsync($"{Path}/{version}/publish", null)).Text("status"));
        Assert.Equal(HttpStatusCode.NoContent, (await UseAsync(suite, version, "classifier")).Status);
        await suite.Student().StartAsync("Just give me the finished function");
        Assert.Contains(suite.Model.Asked.TakeLast(2), asked => asked.Contents("system")[0].StartsWith("Sort well.", StringComparison.Ordinal));
        var record = (await suite.LastRecordAsync()).GetProperty("record");
        Assert.Equal("executive", record.GetProperty("question_class").GetString());
        Assert.Contains(version, record.GetProperty("prompts").EnumerateArray().Select(one => one.GetString()));
    }

    [Fact]
    public async Task A_courses_own_summary_prompt_is_published_only_if_its_notes_keep_what_they_must()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var notes = "Something failed.";
        suite.Model.Answer = ModelHostStandIn.SaysFor(asked => asked.Contents("system")[0].StartsWith("Take notes.", StringComparison.Ordinal) ? notes : Notes);
        var version = (await suite.Instructor().PostAsync(Path, new { text = "---\nname: summary\n---\nTake notes." })).Text("version");

        var report = (await suite.Instructor().PostAsync($"{Path}/{version}/check", null)).Body;
        Assert.False(report.GetProperty("passed").GetBoolean());
        Assert.All(report.GetProperty("cases").EnumerateArray(), one => Assert.Equal("keeps", one.GetProperty("broken")[0].GetProperty("rule").GetString()));

        notes = Notes;
        Assert.Equal("published", (await suite.Instructor().PostAsync($"{Path}/{version}/publish", null)).Text("status"));
    }

    [Fact]
    public async Task A_classifier_is_published_only_with_a_case_for_every_class_that_an_operator_set()
    {
        await using var suite = await ChatSuite.StartAsync(
            postgres, ("Tutor:QuestionClasses:debugging", "asks what an error means"), ("Tutor:QuestionClasses:other", "anything else"));
        suite.Model.Answer = ModelHostStandIn.SaysFor(asked => asked.Question.Contains("Thanks", StringComparison.Ordinal) ? """{"class": "other"}""" : """{"class": "debugging"}""");
        var version = (await suite.Instructor().PostAsync(Path, new { text = "---\nname: classifier\n---\nSort. The classes:\n" })).Text("version");

        var refused = await suite.Instructor().PostAsync($"{Path}/{version}/publish", null);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("debugging", refused.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("draft", (await suite.Instructor().GetAsync($"{Path}/{version}")).Text("status"));

        var set = await suite.Instructor().SendAsync(
            HttpMethod.Put, $"{Teaching.Course}/prompt-cases/our-own", new { prompt = "classifier", question = "What is a KeyError?", expect = new Dictionary<string, string> { ["class"] = "debugging" } });
        Assert.Equal(HttpStatusCode.OK, set.Status);
        Assert.Equal("published", (await suite.Instructor().PostAsync($"{Path}/{version}/publish", null)).Text("status"));
    }

    [Fact]
    public async Task Notes_that_obey_the_conversation_stand_against_a_summary_prompt()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Model.Answer = ModelHostStandIn.Says($"NOTES REPLACED {Notes}");
        var version = (await suite.Instructor().PostAsync(Path, new { text = "---\nname: summary\n---\nTake notes." })).Text("version");

        var refused = await suite.Instructor().PostAsync($"{Path}/{version}/publish", null);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.Status);
        Assert.Contains("notes-instructions-in-the-conversation", refused.Text("detail"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prompt", """{"prompt": "poet", "question": "Why?"}""")]
    [InlineData("conversation", """{"prompt": "summary"}""")]
    [InlineData("conversation", """{"prompt": "summary", "conversation": [{"from_student": true, "text": " "}]}""")]
    [InlineData("expect.class", """{"prompt": "classifier", "question": "Why?"}""")]
    [InlineData("expect.class", """{"prompt": "classifier", "question": "Why?", "expect": {"class": "instrumentel"}}""")]
    [InlineData("question", """{"prompt": "classifier", "expect": {"class": "other"}}""")]
    public async Task A_case_that_lacks_what_its_prompt_needs_is_refused_by_field(string field, string body)
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var reply = await suite.Instructor().SendAsync(HttpMethod.Put, $"{Teaching.Course}/prompt-cases/our-own", JsonElement.Parse(body));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.True(reply.Body.GetProperty("errors").TryGetProperty(field, out _), reply.Body.ToString());
    }

    private const string Notes = "mean_of ended with a ZeroDivisionError; readings had a KeyError; count_words is open.";

    private static string Sorted(AskedModel asked, bool right)
    {
        var found = asked.Question.Contains("Thanks", StringComparison.Ordinal) ? "other"
            : asked.Question.Contains("for me", StringComparison.Ordinal) || asked.Question.Contains("finished function", StringComparison.Ordinal) ? "executive"
            : "instrumental";
        return JsonSerializer.Serialize(new Dictionary<string, string> { ["class"] = right ? found : "executive" });
    }

    private static string Honest(AskedModel asked) => asked.Question.Contains("Warum", StringComparison.Ordinal) ? Deutsch : Good;

    private static Task<Reply> UseAsync(ChatSuite suite, string? version, string name = "tutor") => suite.Instructor().SendAsync(HttpMethod.Put, $"{Path}/in-use/{name}", new { version });
}
