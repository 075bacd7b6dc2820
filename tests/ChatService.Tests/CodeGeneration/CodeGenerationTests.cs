using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.CodeGeneration;

[Collection(SharedPostgres.Name)]
public sealed class CodeGenerationTests(PostgresServer postgres)
{
    [Fact]
    public async Task Code_is_written_checked_and_kept()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Writes("Sure!\n```python\ndef double(n):\n    return n + n\n```\nThat doubles it.");
        var student = suite.Student();

        var reply = await student.PostAsync("/codegen/generate", CodeSuite.Task());

        Assert.Equal(HttpStatusCode.OK, reply.Status);
        Assert.Equal("def double(n):\n    return n + n", reply.Text("code_out"));
        Assert.Equal(("stand-in:1b", 1), (reply.Text("model"), reply.Body.GetProperty("version").GetInt32()));
        Assert.Contains("not run", reply.Text("note"), StringComparison.Ordinal);
        Assert.Equal(2, suite.Model.Asked.Count);
        Assert.Contains("Double a number.", suite.Model.Asked.First().Question, StringComparison.Ordinal);
        Assert.Contains("return n + n", suite.Model.Last.Question, StringComparison.Ordinal);
        var snippet = Assert.Single(await student.SnippetsAsync($"/codegen/sessions/{reply.Text("session_id")}"));
        Assert.Equal(("Double a number.", JsonValueKind.Null), (snippet.GetProperty("prompt").GetString(), snippet.GetProperty("outcome").ValueKind));
    }

    [Fact]
    public async Task Code_is_adjusted_by_feedback_into_the_next_version()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Writes("```\na = 1\nb = 2\n```", "```\na = 1\nb = 3\n```");
        var student = suite.Student();
        var session = await student.GenerateAsync();

        var reply = await student.PostAsync("/codegen/adjust", new
        {
            model_name = "coder", language = "python", original_prompt = "Two numbers.", reference_code = "a = 1\nb = 2", feedback_prompt = "b is 3.", session_id = session.Split('/')[^1],
        });

        Assert.Equal(("a = 1\nb = 3", 2), (reply.Text("code_out"), reply.Body.GetProperty("version").GetInt32()));
        var asked = suite.Model.Asked.ElementAt(2).Question;
        Assert.Contains("b is 3.", asked, StringComparison.Ordinal);
        Assert.Contains("b = 2", asked, StringComparison.Ordinal);
        var lines = (await student.GetAsync($"{session}/compare?from=1&to=2")).Body.GetProperty("lines").EnumerateArray();
        Assert.Equal(
            [("same", "a = 1"), ("removed", "b = 2"), ("added", "b = 3")],
            lines.Select(line => (line.GetProperty("change").GetString(), line.GetProperty("text").GetString())));
    }

    [Fact]
    public async Task Eight_languages_are_written_and_what_has_no_kernel_is_not_run()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Writes("```\nx\n```");
        var student = suite.Student();

        foreach (var language in (string[])["Python", "R", "C#", "JavaScript", "TypeScript", "SQL", "Java", "Rust"])
        {
            var reply = await student.PostAsync("/codegen/generate", CodeSuite.Task(language));
            Assert.Equal((HttpStatusCode.OK, "x"), (reply.Status, reply.Text("code_out")));
            Assert.Contains($"the following {language} code", suite.Model.Last.Question, StringComparison.Ordinal);
            var report = await student.PostAsync($"/codegen/sessions/{reply.Text("session_id")}/snippets/1/test", new { tests = "y" });
            Assert.False(report.Body.GetProperty("ran").GetBoolean());
            Assert.Contains($"no kernel for {language} here", report.Text("note"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_model_that_fails_or_writes_no_code_is_a_424_and_an_unknown_one_a_404()
    {
        await using var suite = await ChatSuite.StartAsync(postgres, ("CodeGeneration:MaxCodeCharacters", "100"));
        var student = suite.Student();

        suite.Model.Answer = ModelHostStandIn.Refuses(404, "model 'coder' not found");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync());
        suite.Model.Answer = ModelHostStandIn.SaysThenErrs("out of memory", "```");
        Assert.Equal(HttpStatusCode.FailedDependency, await StatusAsync());
        suite.Model.Answer = ModelHostStandIn.Refuses(503, "the queue is full");
        Assert.Equal(HttpStatusCode.FailedDependency, await StatusAsync());
        suite.Writes(" ");
        Assert.Equal(HttpStatusCode.FailedDependency, await StatusAsync());
        suite.Writes($"```\n{new string('a', 200)}\n```");
        Assert.Equal(HttpStatusCode.FailedDependency, await StatusAsync());
        suite.Model.Answer = context => ModelHostStandIn.Says(suite.Model.Last.Body.TryGetProperty("format", out _) ? """{"is_code":false}""" : "I cannot do that.")(context);
        Assert.Equal(HttpStatusCode.FailedDependency, await StatusAsync());
        Assert.Empty((await student.GetAsync("/codegen/sessions")).Body.GetProperty("sessions").EnumerateArray());

        async Task<HttpStatusCode> StatusAsync() => (await student.PostAsync("/codegen/generate", CodeSuite.Task())).Status;
    }

    [Fact]
    public async Task Sessions_are_listed_renamed_and_deleted_by_their_owner_alone()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Writes("a = 1");
        var (student, eve) = (suite.Student(), suite.Student("eve"));
        var session = await student.GenerateAsync();
        await student.GenerateAsync("python", Guid.Parse(session.Split('/')[^1]));

        using var rename = await student.Http.PatchAsync(session, JsonContent.Create(new { title = "Doubling 😀" }));
        Assert.Equal(HttpStatusCode.NoContent, rename.StatusCode);
        var listed = Assert.Single((await student.GetAsync("/codegen/sessions")).Body.GetProperty("sessions").EnumerateArray());
        Assert.Equal(("Doubling 😀", "Python"), (listed.GetProperty("title").GetString(), listed.GetProperty("language").GetString()));

        Assert.Equal(HttpStatusCode.NotFound, (await eve.GetAsync(session)).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await eve.PostAsync($"{session}/snippets/1/test", new { tests = "1" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await eve.Http.DeleteAsync(session)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await eve.PostAsync("/codegen/generate", CodeSuite.Task(session: Guid.Parse(session.Split('/')[^1])))).Status);

        Assert.Equal(HttpStatusCode.NoContent, (await student.Http.DeleteAsync($"{session}/snippets/2")).StatusCode);
        await student.GenerateAsync("python", Guid.Parse(session.Split('/')[^1]));
        Assert.Equal([1, 3], (await student.SnippetsAsync(session)).Select(snippet => snippet.GetProperty("version").GetInt32()));
        Assert.Equal(HttpStatusCode.NoContent, (await student.Http.DeleteAsync(session)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await student.GetAsync(session)).Status);
    }

    [Fact]
    public async Task A_wrong_body_names_the_field()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        suite.Writes("a = 1");
        var student = suite.Student();
        var session = await student.GenerateAsync();
        (string Path, object Body, string Field)[] wrong =
        [
            ("/codegen/generate", new { language = "Klingon", original_prompt = "a" }, "language"),
            ("/codegen/generate", new { original_prompt = "a" }, "language"),
            ("/codegen/generate", new { language = "SQL", original_prompt = " " }, "original_prompt"),
            ("/codegen/generate", new { language = "SQL", original_prompt = new string('a', 20_000) }, "original_prompt"),
            ("/codegen/generate", new { model_name = "", language = "SQL", original_prompt = "a" }, "model_name"),
            ("/codegen/adjust", new { language = "Java", original_prompt = "a", feedback_prompt = "b" }, "reference_code"),
            ("/codegen/adjust", new { language = "Java", original_prompt = "a", reference_code = "b" }, "feedback_prompt"),
            ($"{session}/snippets/1/test", new { repairs = 99 }, "repairs"),
            ($"{session}/snippets/1/test", new { tests = "" }, "tests"),
        ];

        foreach (var (path, body, field) in wrong)
        {
            var reply = await student.PostAsync(path, body);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
            Assert.True(reply.Body.GetProperty("errors").TryGetProperty(field, out _), field);
        }
    }
}
