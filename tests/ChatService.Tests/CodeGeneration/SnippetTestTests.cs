using System.Net;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.CodeGeneration;

/// <summary>Snippets that run in real kernels of a real KernelService.</summary>
public sealed class SnippetTestTests(KernelSuite kernels) : IClassFixture<KernelSuite>
{
    private ChatSuite Suite => kernels.Chat;

    [Fact]
    public async Task A_snippet_runs_with_the_users_tests()
    {
        Suite.Writes("```\ndef double(n):\n    return n * 2\nprint('ready')\n```");
        var student = Suite.Student();
        var session = await student.GenerateAsync();

        var good = await TestAsync(student, session, 1, new { tests = "assert double(2) == 4" });
        Assert.True(good.GetProperty("passed").GetBoolean(), good.ToString());
        Assert.Equal("ready\n", Runs(good).Single().GetProperty("output").GetString());

        var bad = await TestAsync(student, session, 1, new { tests = "assert double(2) == 5, 'two doubled'" });
        var run = Runs(bad).Single();
        Assert.Equal(("failed", "AssertionError: two doubled"), (run.GetProperty("outcome").GetString(), run.GetProperty("error").GetString()));
        Assert.DoesNotContain('\u001b', run.GetProperty("output").GetString()!);
        Assert.Equal("failed", (await student.SnippetsAsync(session))[0].GetProperty("outcome").GetString());
        Assert.Equal(0, await KernelsAsync());
    }

    [Theory]
    [InlineData("R", "double <- function(n) n * 2\ncat('ready')", "stopifnot(double(2) == 4)", "stopifnot('two doubled' = double(2) == 5)")]
    [InlineData("C#", "int Double(int n) => n * 2;\nConsole.Write(\"ready\");", "if (Double(2) != 4) throw new Exception(\"wrong\");", "if (Double(2) != 5) throw new Exception(\"two doubled\");")]
    public async Task So_it_does_in_R_and_C_sharp(string language, string code, string right, string wrong)
    {
        Suite.Writes($"```\n{code}\n```");
        var student = Suite.Student();
        var session = await student.GenerateAsync(language);

        var good = await TestAsync(student, session, 1, new { tests = right });
        Assert.True(good.GetProperty("passed").GetBoolean(), good.ToString());
        Assert.Equal("ready", Runs(good).Single().GetProperty("output").GetString()!.Trim());

        var run = Runs(await TestAsync(student, session, 1, new { tests = wrong })).Single();
        Assert.Equal("failed", run.GetProperty("outcome").GetString());
        Assert.Contains("two doubled", run.GetProperty("error").GetString(), StringComparison.Ordinal);
        Assert.Equal(0, await KernelsAsync());
    }

    [Fact]
    public async Task A_failure_is_shown_to_the_model_which_repairs_it()
    {
        Suite.Writes(
            "```\ndef double(n):\n    return n + 3\n```",
            "```\nassert double(2) == 4, 'wrong'\n```",
            "```\ndef double(n):\n    return n + 1\n```",
            "```\ndef double(n):\n    return n * 2\n```");
        var student = Suite.Student();
        var session = await student.GenerateAsync();

        var report = await TestAsync(student, session, 1, new { repairs = 3 });

        Assert.True(report.GetProperty("passed").GetBoolean(), report.ToString());
        Assert.Equal("assert double(2) == 4, 'wrong'", report.GetProperty("tests").GetString());
        Assert.Equal([(1, "failed"), (2, "failed"), (3, "passed")], Runs(report).Select(run => (run.GetProperty("version").GetInt32(), run.GetProperty("outcome").GetString()!)));
        var shown = Suite.Model.Asked.Where(asked => !asked.Body.TryGetProperty("format", out _)).Last().Question;
        Assert.Contains("AssertionError", shown, StringComparison.Ordinal);
        Assert.Contains("return n + 1", shown, StringComparison.Ordinal);
        Assert.Equal(3, (await student.SnippetsAsync(session)).Length);
    }

    [Fact]
    public async Task Repairs_end_at_the_number_that_was_asked_for()
    {
        Suite.Writes("```\nx = 1\n```");
        var student = Suite.Student();
        var session = await student.GenerateAsync();

        var report = await TestAsync(student, session, 1, new { tests = "assert x == 2", repairs = 1 });

        Assert.False(report.GetProperty("passed").GetBoolean());
        Assert.Equal(2, Runs(report).Length);
    }

    [Fact]
    public async Task Code_that_does_not_end_is_ended()
    {
        await using var impatient = await kernels.StartChatAsync(("CodeGeneration:RunTimeout", "00:00:01"));
        impatient.Writes("```\nprint('begun', flush=True)\nimport time\ntime.sleep(600)\n```");
        var student = impatient.Student();
        var session = await student.GenerateAsync();

        var run = Runs(await TestAsync(student, session, 1, new { tests = "pass" })).Single();

        Assert.Equal("timed_out", run.GetProperty("outcome").GetString());
        Assert.Equal(0, await KernelsAsync());
    }

    [Fact]
    public async Task Code_that_never_stops_talking_or_kills_its_kernel_is_ended()
    {
        Suite.Writes("```\nwhile True:\n    print('x' * 10000)\n```", "```\nimport os\nos._exit(3)\n```");
        var student = Suite.Student();
        List<string> outcomes = [];
        for (var i = 0; i < 2; i++)
        {
            var session = await student.GenerateAsync();
            var run = Runs(await TestAsync(student, session, 1, new { tests = "pass" })).Single();
            outcomes.Add(run.GetProperty("outcome").GetString()!);
            Assert.True(run.GetProperty("output").GetString()!.Length <= 2000);
        }

        Assert.Equal(["too_much_output", "kernel_died"], outcomes);
        Assert.Equal(0, await KernelsAsync());
    }

    [Fact]
    public async Task Without_a_kernel_for_its_language_a_snippet_is_not_run_and_the_answer_says_so()
    {
        Suite.Writes("```\nfn double(n: i32) -> i32 { n * 2 }\n```");
        var student = Suite.Student();
        var session = await student.GenerateAsync("Rust");

        var report = await TestAsync(student, session, 1, new { tests = "assert_eq!(double(2), 4);" });

        Assert.False(report.GetProperty("ran").GetBoolean());
        Assert.Contains("no kernel for Rust", report.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_user_whose_kernels_are_all_taken_is_told()
    {
        Suite.Writes("a = 1");
        var student = Suite.Student("kim");
        var session = await student.GenerateAsync();
        using var client = kernels.ClientFor(TestIdentity.Student("kim"));
        using var taken = await client.PostAsync("/api/kernels", new StringContent("""{"name":"python3"}"""));
        Assert.Equal(HttpStatusCode.Created, taken.StatusCode);

        var reply = await student.PostAsync($"{session}/snippets/1/test", new { tests = "assert a == 1" });

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        Assert.Contains("kernels running", reply.Text("detail"), StringComparison.Ordinal);
    }

    private static JsonElement[] Runs(JsonElement report) => [.. report.GetProperty("runs").EnumerateArray()];

    private static async Task<JsonElement> TestAsync(Tutoring student, string session, int version, object body)
    {
        var reply = await student.PostAsync($"{session}/snippets/{version}/test", body);
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body.ToString());
        return reply.Body;
    }

    private async Task<int> KernelsAsync()
    {
        using var client = kernels.ClientFor(TestIdentity.Student());
        return JsonElement.Parse(await client.GetStringAsync("/api/kernels")).GetArrayLength();
    }
}
