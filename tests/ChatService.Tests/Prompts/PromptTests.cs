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
        Assert.Equal(["tutor", "ladder", "expert"], builtIn.Select(one => one.GetProperty("name").GetString()));
        var text = (await suite.Instructor().GetAsync($"{Path}/{builtIn[0].GetProperty("version").GetString()}")).Text("text");
        Assert.StartsWith("---\nname: tutor", text, StringComparison.Ordinal);
    }

    private static string Honest(AskedModel asked) => asked.Question.Contains("Warum", StringComparison.Ordinal) ? Deutsch : Good;

    private static Task<Reply> UseAsync(ChatSuite suite, string? version) => suite.Instructor().SendAsync(HttpMethod.Put, $"{Path}/in-use/tutor", new { version });
}
