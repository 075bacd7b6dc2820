using System.Net;
using Lyceum.ChatService.Tests.Assignments;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Lyceum.ChatService.Tests.Mcp;

/// <summary>ChatService as a server for notebooks' assistants, asked by the protocol's own client.</summary>
[Collection(SharedPostgres.Name)]
public sealed class McpServerTests(PostgresServer postgres)
{
    [Fact]
    public async Task An_assistant_asks_the_tutor_in_its_users_name()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await using var client = await ConnectAsync(suite, TestIdentity.Student());
        Assert.Equal(["ask_tutor", "get_assignment", "run_code"], (await client.ListToolsAsync()).Select(tool => tool.Name).Order(StringComparer.Ordinal));

        var first = await CallAsync(client, "ask_tutor", new() { ["question"] = "Why is x not defined?", ["code"] = "print(x)", ["language"] = "python" });

        Assert.StartsWith("Look at line 2.", first, StringComparison.Ordinal);
        Assert.Contains("print(x)", suite.Model.Last.Question, StringComparison.Ordinal);
        var session = first.Split("session_id: ")[1];
        Assert.Equal(2, (await suite.Student().HistoryAsync(session)).Length);
        await CallAsync(client, "ask_tutor", new() { ["question"] = "And then?", ["session_id"] = session });
        Assert.Equal(4, (await suite.Student().HistoryAsync(session)).Length);
        await using var eve = await ConnectAsync(suite, TestIdentity.Student("eve"));
        Assert.Contains("!", await CallAsync(eve, "ask_tutor", new() { ["question"] = "Me too", ["session_id"] = session }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assistant_learns_the_assignment_without_its_solution_and_is_held_to_the_policy()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.AssignAsync("week-1/*.ipynb", new { max_hint_level = 2, show_code = false }, solution: "df = load_secret()");
        await using var client = await ConnectAsync(suite, TestIdentity.Student());

        var told = await CallAsync(client, "get_assignment", new() { ["notebook_path"] = "week-1/a.ipynb" });
        Assert.Contains("Load the table.", told, StringComparison.Ordinal);
        Assert.Contains("level 2 of 4", told, StringComparison.Ordinal);
        Assert.DoesNotContain("load_secret", told, StringComparison.Ordinal);

        await suite.SetPolicyAsync(new { lockdown = true });
        Assert.Contains("exam", await CallAsync(client, "ask_tutor", new() { ["question"] = "Help!" }), StringComparison.Ordinal);
        Assert.Empty(suite.Model.Asked);
    }

    [Fact]
    public async Task What_is_wrong_is_told_with_its_field_and_who_is_unknown_is_refused()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await using var client = await ConnectAsync(suite, TestIdentity.Student());

        Assert.Contains("'question'", await CallAsync(client, "ask_tutor", new() { ["question"] = " " }), StringComparison.Ordinal);
        Assert.Contains("'session_id'", await CallAsync(client, "ask_tutor", new() { ["question"] = "a", ["session_id"] = "b" }), StringComparison.Ordinal);
        Assert.Contains("'language'", await CallAsync(client, "run_code", new() { ["language"] = "COBOL", ["code"] = "a" }), StringComparison.Ordinal);
        Assert.Contains("'code'", await CallAsync(client, "run_code", new() { ["language"] = "Python", ["code"] = "" }), StringComparison.Ordinal);
        Assert.Contains("no kernel for Python", await CallAsync(client, "run_code", new() { ["language"] = "Python", ["code"] = "1" }), StringComparison.Ordinal);
        suite.Model.Answer = ModelHostStandIn.Refuses(500, "out of memory");
        Assert.Contains("out of memory", await CallAsync(client, "ask_tutor", new() { ["question"] = "a" }), StringComparison.Ordinal);

        using var nobody = suite.Service.CreateClient();
        using var refused = await nobody.PostAsync("/mcp", null);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static async Task<McpClient> ConnectAsync(ChatSuite suite, CallerIdentity caller)
    {
        var http = suite.Service.ClientFor(caller);
        return await McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(http.BaseAddress!, "/mcp") }, http, ownsHttpClient: true));
    }

    /// <summary>What a tool said; an error begins with an exclamation mark.</summary>
    private static async Task<string> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var result = await client.CallToolAsync(tool, arguments);
        return (result.IsError is true ? "! " : "") + Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
    }
}
