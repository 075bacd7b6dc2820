using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ChatService.CodeGeneration;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.CodeGeneration;

/// <summary>Real kernels of a real KernelService as tools of the tutor.</summary>
public sealed class KernelToolTests(KernelSuite kernels) : IClassFixture<KernelSuite>
{
    private static readonly string[] KernelTools = ["kernel/*"];

    [Fact]
    public async Task The_tutor_runs_and_tests_code_within_limits()
    {
        await using var suite = await StartAsync(("Tools:ApproveCode", "false"), ("CodeGeneration:RunTimeout", "00:00:20"));
        var student = suite.Student("runa");

        Assert.Contains("Outcome: passed\nOutput:\n55", await CallAsync(suite, student, "run_code", new { language = "Python", code = "print(sum(range(11)))" }), StringComparison.Ordinal);
        Assert.Contains(
            "Outcome: failed\nOutput:\n",
            await CallAsync(suite, student, "test_code", new { language = "Python", code = "def double(n): return n", tests = "assert double(2) == 4, 'two doubled'" }),
            StringComparison.Ordinal);
        Assert.Contains("two doubled", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.Contains("Outcome: passed", await CallAsync(suite, student, "run_code", new { language = "C#", code = "Console.WriteLine(6 * 7)" }), StringComparison.Ordinal);
        Assert.Contains("/language", await CallAsync(suite, student, "run_code", new { language = "COBOL", code = "STOP RUN." }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_waits_for_its_users_approval_unless_an_operator_says_otherwise()
    {
        await using var suite = await StartAsync();
        var student = suite.Student("ada");
        suite.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", ("run_code", new { language = "Python", code = "print('ran')" })), ModelHostStandIn.Says("It ran."));

        var reply = await student.StartAsync("Does it run?");

        Assert.Equal("waiting", reply.Body.GetProperty("message").GetProperty("status").GetString());
        var call = (await student.GetAsync($"/llm/chat/{reply.Text("session_id")}/calls")).Body.GetProperty("calls")[0].GetProperty("call_id").GetString();
        Assert.Equal(HttpStatusCode.Accepted, (await student.PostAsync($"/llm/chat/{reply.Text("session_id")}/calls/{call}/approve", null)).Status);
        await student.HistoryWhenAsync(reply.Text("session_id"), Tutoring.HasEnded);
        Assert.Contains("ran", suite.Model.Last.Question, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_that_the_policy_does_not_show_is_shown_by_no_tool_but_the_students_own_may_run()
    {
        await using var suite = await StartAsync(("Tools:ApproveCode", "false"));
        await suite.As(TestIdentity.Instructor()).SendAsync(HttpMethod.Put, "/tutor/courses/default/policy", new { tools = KernelTools, show_code = false });
        var student = suite.Student("nora");
        suite.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", ("run_code", new { language = "Python", code = "print('the tutors')" })), ModelHostStandIn.Says("So it is."));

        var session = (await student.StartAsync("How?", new { code = "print('mine')" })).Text("session_id");

        Assert.Contains("It was not done", suite.Model.Last.Question, StringComparison.Ordinal);
        Assert.DoesNotContain("the tutors", (await student.GetAsync($"/llm/chat/{session}/calls")).Body.GetRawText(), StringComparison.Ordinal);
        suite.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", ("run_code", new { language = "Python", code = "print('mine')" })), ModelHostStandIn.Says("So it is."));
        await student.StartAsync("How?", new { code = "print('mine')" });
        Assert.Contains("Outcome: passed\nOutput:\nmine", suite.Model.Last.Question, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_tutor_sees_the_variables_of_the_notebooks_own_kernel_alone()
    {
        await using var suite = await StartAsync();
        using var kernelService = kernels.ClientFor(TestIdentity.Student("vera"));
        using var made = await kernelService.PostAsJsonAsync("/api/sessions", new { path = "week-1/a.ipynb", name = "a", type = "notebook", kernel = new { name = "python3" } });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var kernel = JsonElement.Parse(await made.Content.ReadAsStringAsync()).GetProperty("kernel").GetProperty("id").GetString()!;
        await RunAsync(kernelService.BaseAddress!, kernel, TestIdentity.Student("vera"), "total = 41 + 1");
        var vera = suite.Student("vera");

        Assert.Contains("""{"name":"total","type":"int","value":"42"}""", await CallAsync(suite, vera, "inspect_variables", new { }, "week-1/a.ipynb"), StringComparison.Ordinal);
        Assert.Equal("The notebook has no running kernel.", await CallAsync(suite, vera, "inspect_variables", new { }, "week-1/b.ipynb"));
        Assert.Equal("The notebook has no running kernel.", await CallAsync(suite, suite.Student("eve"), "inspect_variables", new { }, "week-1/a.ipynb"));
        using var eve = kernels.ClientFor(TestIdentity.Student("eve"));
        using var stolen = await eve.GetAsync($"/api/kernels/{kernel}/variables");
        Assert.Equal(HttpStatusCode.NotFound, stolen.StatusCode);
        using var ended = await kernelService.DeleteAsync($"/api/kernels/{kernel}");
        Assert.Equal(HttpStatusCode.NoContent, ended.StatusCode);
    }

    private async Task<ChatSuite> StartAsync(params (string Key, string Value)[] options)
    {
        var suite = await kernels.StartChatAsync(options);
        var reply = await suite.As(TestIdentity.Instructor()).SendAsync(HttpMethod.Put, "/tutor/courses/default/policy", new { tools = KernelTools });
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        return suite;
    }

    /// <summary>What the model was told that a call came to.</summary>
    private static async Task<string> CallAsync(ChatSuite suite, Tutoring student, string tool, object arguments, string? notebook = null)
    {
        suite.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", (tool, arguments)), ModelHostStandIn.Says("So it is."));
        var reply = await student.StartAsync("What is it?", new { notebook_path = notebook });
        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body.ToString());
        return suite.Model.Last.Question;
    }

    private static async Task RunAsync(Uri service, string kernel, CallerIdentity caller, string code)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using KernelConnection connection = new();
        await connection.ConnectAsync(new UriBuilder(service) { Scheme = "ws", Path = $"/api/kernels/{kernel}/channels" }.Uri, IdentityHeader.Name, TestIdentity.Token(caller), limit.Token);
        var id = await connection.ExecuteAsync(code, DateTimeOffset.UtcNow, limit.Token);
        var (replied, idle) = (false, false);
        while (!replied || !idle)
        {
            var message = await connection.ReceiveAsync(limit.Token);
            var ours = message?.ParentHeader?.MsgId == id;
            replied |= ours && message?.Header?.MsgType == "execute_reply";
            idle |= ours && message?.Content?.ExecutionState == "idle";
        }
    }
}
