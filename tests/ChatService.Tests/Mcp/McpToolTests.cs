using System.Net;
using System.Net.Sockets;
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
        Assert.Equal(["desk_add", "desk_fail", "desk_flood", "desk_wait", "desk_write"], suite.Model.Last.Tools.Order(StringComparer.Ordinal));
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

    [Fact]
    public async Task A_server_that_hangs_hides_no_other_and_is_left_alone_for_a_while()
    {
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        await using var server = new McpStandIn();
        await server.StartAsync();
        await using var suite = await StartAsync(server, "mcp/*",
            ("Mcp:Servers:1:Name", "mute"), ("Mcp:Servers:1:Url", $"http://127.0.0.1:{((IPEndPoint)hanging.LocalEndpoint).Port}/mcp"), ("Mcp:Servers:1:AllowPrivate", "true"),
            ("Mcp:ConnectTimeout", "00:00:05"), ("Mcp:RetryAfter", "01:00:00"));

        Assert.Equal("3", (await CallAsync(suite, "desk_add", new { a = 2 })).Result);
        using var first = await hanging.AcceptTcpClientAsync();
        Assert.Equal("3", (await CallAsync(suite, "desk_add", new { a = 2 })).Result);
        Assert.False(hanging.Pending());
    }

    [Fact]
    public async Task Asking_a_server_anew_does_not_break_the_calls_that_it_is_busy_with()
    {
        await using var server = new McpStandIn();
        await server.StartAsync();
        await using var suite = await StartAsync(server, "mcp/*", ("Mcp:ToolsLifetime", "00:00:01"));
        suite.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", ("desk_wait", new { })), ModelHostStandIn.Says("So it is."));
        var waiting = suite.Student().StartAsync("Wait.");
        await server.Held.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(60));
        suite.Model.Answer = ModelHostStandIn.Says("So it is.");
        await Task.Delay(TimeSpan.FromSeconds(1.5));

        Assert.Equal("done", (await suite.Student("ada").StartAsync("Anew?")).Body.GetProperty("message").GetProperty("status").GetString());
        server.Held.GoOn.SetResult();

        var calls = await suite.CallsAsync((await waiting).Text("session_id"));
        Assert.Equal("waited", Assert.Single(calls).GetProperty("result").GetString());
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
        var calls = await suite.CallsAsync(session);
        return calls.Length == 0 ? ("none", null) : (calls[0].GetProperty("status").GetString()!, calls[0].GetProperty("result").GetString());
    }
}
