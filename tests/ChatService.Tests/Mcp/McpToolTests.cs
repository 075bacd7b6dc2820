using System.Net;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Mcp;

/// <summary>Tools of another server, over the real protocol.</summary>
[Collection(SharedPostgres.Name)]
public sealed class McpToolTests(PostgresServer postgres)
{
    [Fact]
    public async Task Tools_of_another_server_are_offered_where_a_policy_names_it_and_are_called()
    {
        await using var server = new McpStandIn();
        await server.StartAsync();
        await using var suite = await StartAsync(server, "mcp/desk/*");

        Assert.Equal("42", (await CallAsync(suite, "desk_add", new { a = 41 })).Result);
        Assert.Equal(["desk_add", "desk_fail", "desk_flood", "desk_write"], suite.Model.Last.Tools.Order(StringComparer.Ordinal));
        Assert.Contains("/a", (await CallAsync(suite, "desk_add", new { a = "x" })).Result, StringComparison.Ordinal);
        var (status, failed) = await CallAsync(suite, "desk_fail", new { });
        Assert.Equal("failed", status);
        Assert.Contains("The shelf is empty.", failed, StringComparison.Ordinal);
        Assert.All(server.Headers, headers =>
        {
            Assert.Equal("Bearer the-operators", headers["Authorization"]);
            Assert.DoesNotContain(headers.Keys, name => name.StartsWith("X-Lyceum", StringComparison.OrdinalIgnoreCase) || name.Equals("traceparent", StringComparison.OrdinalIgnoreCase));
        });

        await suite.As(TestIdentity.Instructor()).SendAsync(HttpMethod.Put, "/tutor/courses/default/policy", new { tools = (string[])["plugin/*"] });
        await suite.Student().StartAsync("And now?");
        Assert.Empty(suite.Model.Last.Tools);
    }

    [Fact]
    public async Task A_tool_that_does_not_say_that_it_only_reads_waits_for_approval()
    {
        await using var server = new McpStandIn();
        await server.StartAsync();
        await using var suite = await StartAsync(server, "mcp/desk/write");
        suite.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", ("desk_write", new { line = "hello" })), ModelHostStandIn.Says("Written."));
        var student = suite.Student();

        var session = (await student.StartAsync("Write it.")).Text("session_id");

        var call = (await student.GetAsync($"/llm/chat/{session}/calls")).Body.GetProperty("calls")[0];
        Assert.Equal(("mcp/desk/write", "waiting"), (call.GetProperty("tool").GetString(), call.GetProperty("status").GetString()));
        Assert.Empty(server.Written);
        Assert.Equal(HttpStatusCode.Accepted, (await student.PostAsync($"/llm/chat/{session}/calls/{call.GetProperty("call_id").GetString()}/approve", null)).Status);
        await student.HistoryWhenAsync(session, Tutoring.HasEnded);
        Assert.Equal(["hello"], server.Written);
    }

    [Fact]
    public async Task A_server_that_floods_is_away_or_private_holds_up_no_answer()
    {
        await using var server = new McpStandIn();
        await server.StartAsync();
        await using (var suite = await StartAsync(server, "mcp/*", ("Mcp:MaxResponseBytes", "100000")))
        {
            var (status, result) = await CallAsync(suite, "desk_flood", new { });
            Assert.Equal("failed", status);
            Assert.DoesNotContain("aaaa", result, StringComparison.Ordinal);
            Assert.Equal("3", (await CallAsync(suite, "desk_add", new { a = 2 })).Result);
        }

        await using (var suite = await StartAsync(server, "mcp/*", ("Mcp:Servers:0:AllowPrivate", "false")))
        {
            Assert.Equal("done", (await suite.Student().StartAsync("Well?")).Body.GetProperty("message").GetProperty("status").GetString());
            Assert.Empty(suite.Model.Last.Tools);
        }

        await using (var suite = await StartAsync(server, "mcp/*", ("Mcp:ToolsLifetime", "00:00:01"), ("Mcp:RetryAfter", "00:00:00")))
        {
            Assert.Equal("3", (await CallAsync(suite, "desk_add", new { a = 2 })).Result);
            var port = new Uri(server.Address).Port;
            await server.DisposeAsync();
            Assert.Equal("failed", (await CallAsync(suite, "desk_add", new { a = 2 })).Status);
            await using var again = new McpStandIn(port);
            await again.StartAsync();
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while ((await CallAsync(suite, "desk_add", new { a = 2 })).Result != "3")
            {
                await Task.Delay(100, limit.Token);
            }
        }
    }

    private async Task<ChatSuite> StartAsync(McpStandIn server, string policy, params (string Key, string Value)[] options)
    {
        var suite = await ChatSuite.StartAsync(postgres,
        [
            ("Mcp:Servers:0:Name", "desk"), ("Mcp:Servers:0:Url", $"{server.Address}/mcp"), ("Mcp:Servers:0:AllowPrivate", "true"), ("Mcp:Servers:0:Authorization", "Bearer the-operators"),
            ("Tools:FindTimeout", "00:00:30"), .. options,
        ]);
        var reply = await suite.As(TestIdentity.Instructor()).SendAsync(HttpMethod.Put, "/tutor/courses/default/policy", new { tools = (string[])[policy] });
        Assert.Equal(HttpStatusCode.OK, reply.Status);
        return suite;
    }

    private static async Task<(string Status, string? Result)> CallAsync(ChatSuite suite, string tool, object arguments)
    {
        suite.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", (tool, arguments)), ModelHostStandIn.Says("So it is."));
        var session = (await suite.Student().StartAsync("Tell me.")).Text("session_id");
        var calls = (await suite.Student().GetAsync($"/llm/chat/{session}/calls")).Body.GetProperty("calls");
        return calls.GetArrayLength() == 0 ? ("none", null) : (calls[0].GetProperty("status").GetString()!, calls[0].GetProperty("result").GetString());
    }
}
