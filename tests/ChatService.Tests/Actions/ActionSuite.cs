using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.Actions;

/// <summary>ChatService with an API that its operator allows.</summary>
internal sealed class ActionSuite : IAsyncDisposable
{
    private ActionSuite(ChatSuite chat, ApiStandIn api) => (Chat, Api) = (chat, api);

    public ChatSuite Chat { get; }

    public ApiStandIn Api { get; }

    public static async Task<ActionSuite> StartAsync(PostgresServer postgres, params (string Key, string Value)[] options)
    {
        var api = new ApiStandIn();
        await api.StartAsync();
        var port = new Uri(api.Address).Port;
        return new ActionSuite(
            await ChatSuite.StartAsync(postgres,
            [
                ("Actions:Hosts:0:Url", api.Address), ("Actions:Hosts:0:AllowPrivate", "true"), ("Actions:Hosts:0:Authorization", "Bearer the-operators"),
                ("Actions:Hosts:1:Url", $"http://localhost:{port}"), .. options,
            ]),
            api);
    }

    public async Task<Reply> RegisterAsync(JsonElement document, CallerIdentity? caller = null, string name = "loans")
    {
        using var client = Chat.Service.ClientFor(caller ?? TestIdentity.Instructor());
        using var response = await client.PutAsJsonAsync($"/llm/apis/{name}", new { document });
        return await Reply.ReadAsync(response);
    }

    /// <summary>The API's document, with the server's own address unless another is given.</summary>
    public JsonElement Document(string? server = null) => ApiStandIn.Document(server ?? Api.Address);

    /// <summary>Registers the API and has a student propose a loan of it; answers the student and the action's path.</summary>
    public async Task<(Tutoring Student, Reply Action, string Path)> ProposeAsync(string? server = null, string isbn = "978-3/16", string days = "14")
    {
        Assert.Equal(HttpStatusCode.OK, (await RegisterAsync(Document(server))).Status);
        Says("""{"operation":"loans/lend"}""", $$"""{"path":{"isbn":"{{isbn}}" },"query":{"notify":true},"body":{"days":{{days}} } }""");
        var student = Chat.Student();
        var reply = await student.PostAsync("/llm/actions", new { request = "Lend me that book for two weeks, and tell me." });
        return (student, reply, reply.Status == HttpStatusCode.Created ? $"/llm/actions/{reply.Text("action_id")}" : "");
    }

    /// <summary>The model's answers, one after another, and then the last for ever.</summary>
    public void Says(params string[] answers)
    {
        var next = -1;
        Chat.Model.Answer = context => ModelHostStandIn.Says(answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)])(context);
    }

    public async ValueTask DisposeAsync()
    {
        await Chat.DisposeAsync();
        await Api.DisposeAsync();
    }
}
