using System.Net;
using System.Text;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Lyceum.EndToEnd.Tests;

/// <summary>An assistant of somebody else's, with a student's token, at the one address.</summary>
[Collection(nameof(RunningSuite))]
public sealed class McpTests(RunningSuite running)
{
    [Fact]
    public async Task An_assistant_asks_the_tutor_and_runs_code_through_Gateway()
    {
        var suite = running.Suite;
        using var owner = suite.Client();
        using var manifest = new StringContent(
            """{"apiVersion":"smarter.sh/v1","kind":"Plugin","metadata":{"name":"dates","description":"Dates."},"spec":{"selector":{"directive":"llm"},"prompt":{"systemRole":"-"},"data":{"staticData":{"exam":"soon"}}}}""",
            Encoding.UTF8,
            "application/json");
        using var applied = await owner.PostAsync(new Uri("/tutor/courses/default/manifests", UriKind.Relative), manifest);
        Assert.Equal(HttpStatusCode.OK, applied.StatusCode);
        var http = suite.Client(await suite.CreateStudentAsync("mia"));
        await using var client = await McpClient.CreateAsync(new HttpClientTransport(new HttpClientTransportOptions { Endpoint = new Uri(suite.Gateway, "/mcp") }, http, ownsHttpClient: true));

        // The built-in model cannot call the course's plugin, and answers without.
        var hint = await CallAsync(client, "ask_tutor", new() { ["question"] = "What does NameError mean?", ["code"] = "print(totl)", ["language"] = "python" });
        Assert.Contains("session_id: ", hint, StringComparison.Ordinal);
        Assert.Contains("Outcome: passed\nOutput:\n42", await CallAsync(client, "run_code", new() { ["language"] = "C#", ["code"] = "Console.Write(6 * 7);" }), StringComparison.Ordinal);

        using var stranger = new HttpClient();
        using var refused = await stranger.PostAsync(new Uri(suite.Gateway, "/mcp"), null);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var deleted = await owner.DeleteAsync(new Uri("/tutor/courses/default/manifests/Plugin/dates", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
    }

    private static async Task<string> CallAsync(McpClient client, string tool, Dictionary<string, object?> arguments)
    {
        var result = await client.CallToolAsync(tool, arguments);
        var text = Assert.IsType<TextContentBlock>(Assert.Single(result.Content)).Text;
        Assert.True(result.IsError is not true, text);
        return text;
    }
}
