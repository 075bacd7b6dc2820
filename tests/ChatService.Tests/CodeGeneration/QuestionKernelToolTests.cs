extern alias kernelservice;

using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.ChatService.Tests.CodeGeneration;

/// <summary>A question that is asked in a notebook's kernel, through KernelService and back to it.</summary>
[Collection(SharedPostgres.Name)]
public sealed class QuestionKernelToolTests(PostgresServer postgres) : IAsyncLifetime
{
    private readonly string _workspaces = Directory.CreateTempSubdirectory("lyceum-tools-").FullName;
    private ServiceUnderTest<kernelservice::Program> _kernels = null!;
    private ChatSuite _chat = null!;

    public async Task InitializeAsync()
    {
        var address = $"http://127.0.0.1:{LoopbackPort.Unused()}";
        _kernels = await new ServiceUnderTest<kernelservice::Program>([new("Workspaces:Root", _workspaces), new("services:chatservice:http:0", address)]).StartedAsync();
        using var client = _kernels.CreateClient();
        _chat = await ChatSuite.StartAsync(postgres, ("urls", address), ("services:kernelservice:http:0", client.BaseAddress!.ToString()));
        await _chat.As(TestIdentity.Instructor()).SendAsync(HttpMethod.Put, "/tutor/courses/default/policy", new { tools = (string[])["kernel/*"] });
    }

    public async Task DisposeAsync()
    {
        await _chat.DisposeAsync();
        await _kernels.DisposeAsync();
        Directory.Delete(_workspaces, recursive: true);
    }

    [Fact]
    public async Task The_tutor_runs_code_in_the_kernel_in_which_it_is_asked_and_nobody_else_does()
    {
        using var http = _kernels.ClientFor(TestIdentity.Student());
        using var made = await http.PostAsJsonAsync("/api/kernels", new { name = "python3" });
        var kernel = JsonElement.Parse(await made.Content.ReadAsStringAsync()).GetProperty("id").GetString()!;
        _chat.Model.Answer = ModelHostStandIn.InTurn(
            ModelHostStandIn.Calls("", ("run_in_notebook", new { code = "x = 6 * 7\nprint(x)" })),
            ModelHostStandIn.Calls("", ("show_variable", new { name = "x" })),
            ModelHostStandIn.Says("It is 42."));

        var replied = await AskAsync(http.BaseAddress!, kernel, "What is six times seven?");

        Assert.Equal("ok", replied.GetProperty("content").GetProperty("status").GetString());
        var told = _chat.Model.Last.Contents("tool");
        Assert.Contains("\"output\":\"42", told[0], StringComparison.Ordinal);
        Assert.Contains("\"type\":\"int\"", told[1], StringComparison.Ordinal);
        Assert.Contains("\"value\":\"42\"", told[1], StringComparison.Ordinal);
        // Of another's kernel, and once the question is answered, the tools say no.
        using var eve = _kernels.ClientFor(TestIdentity.Student("eve"));
        using var stolen = await eve.PostAsJsonAsync($"/api/kernels/{kernel}/assistant/run_code", new { code = "1" });
        Assert.Equal(HttpStatusCode.NotFound, stolen.StatusCode);
        await _chat.Student().StartAsync("And now?", new { kernel_id = kernel });
        _chat.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", ("run_in_notebook", new { code = "1" })), ModelHostStandIn.Says("No."));
        await _chat.Student().StartAsync("And now?", new { kernel_id = kernel });
        Assert.Contains("No question is being answered", _chat.Model.Last.Question, StringComparison.Ordinal);
    }

    /// <summary>Asks on the kernel's channel as a notebook's extension does; answers the reply.</summary>
    private static async Task<JsonElement> AskAsync(Uri service, string kernel, string question)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader(IdentityHeader.Name, TestIdentity.Token(TestIdentity.Student()));
        await socket.ConnectAsync(new UriBuilder(service) { Scheme = "ws", Path = $"/api/kernels/{kernel}/channels" }.Uri, limit.Token);
        var message = new
        {
            header = new { msg_id = "1", msg_type = "llm_request", session = "s", username = "u", date = "2026-01-01T00:00:00.000000Z", version = "5.3" },
            parent_header = new { },
            metadata = new { },
            content = new { request = question },
            channel = "shell",
            buffers = Array.Empty<string>(),
        };
        await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, limit.Token);
        var buffer = new byte[64 * 1024];
        while (true)
        {
            StringBuilder text = new();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await socket.ReceiveAsync(buffer.AsMemory(), limit.Token);
                text.Append(Encoding.UTF8.GetString(buffer, 0, part.Count));
            }
            while (!part.EndOfMessage);

            var received = JsonElement.Parse(text.ToString());
            if (received.GetProperty("header").GetProperty("msg_type").GetString() == "llm_reply")
            {
                return received;
            }
        }
    }
}
