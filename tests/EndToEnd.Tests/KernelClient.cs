using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace Lyceum.EndToEnd.Tests;

/// <summary>What a cell's execution showed.</summary>
internal sealed record Execution(string Stdout, string? ErrorName);

/// <summary>A Jupyter client in JSON framing, as simple as they come.</summary>
internal sealed class KernelClient : IAsyncDisposable
{
    private readonly ClientWebSocket _socket = new();
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly byte[] _buffer = new byte[1 << 20];

    public string KernelId { get; private set; } = "";

    /// <summary>Starts a kernel for a notebook and connects to its channels.</summary>
    public static async Task<KernelClient> StartAsync(Suite suite, string kernelspec, string? token = null, string? path = null)
    {
        // One path is one session, and so one kernel.
        path ??= $"{Guid.NewGuid():N}.ipynb";
        var kernel = new KernelClient();
        using var client = suite.Client(token);
        using var response = await client.PostAsJsonAsync("/api/sessions", new { path, name = path, type = "notebook", kernel = new { name = kernelspec } });
        Assert.True(response.IsSuccessStatusCode, $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        kernel.KernelId = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("kernel").GetProperty("id").GetString()!;
        kernel._socket.Options.SetRequestHeader("Authorization", $"token {token ?? suite.Token}");
        var address = new UriBuilder(suite.Gateway) { Scheme = "ws", Path = $"/api/kernels/{kernel.KernelId}/channels", Query = $"session_id={kernel._session}" };
        await kernel._socket.ConnectAsync(address.Uri, CancellationToken.None);
        return kernel;
    }

    /// <summary>Runs code and answers once the kernel is idle again.</summary>
    public async Task<Execution> ExecuteAsync(string code)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var content = new { code, silent = false, store_history = true, user_expressions = new { }, allow_stdin = false, stop_on_error = true };
        var id = await SendAsync("execute_request", content, limit.Token);
        var stdout = new StringBuilder();
        string? errorName = null;
        while (true)
        {
            var (type, output) = await ReceiveAsync(id, limit.Token);
            switch (type)
            {
                case "stream" when output.GetProperty("name").GetString() == "stdout":
                    stdout.Append(output.GetProperty("text").GetString());
                    break;
                case "error":
                    errorName = output.GetProperty("ename").GetString();
                    break;
                case "status" when output.GetProperty("execution_state").GetString() == "idle":
                    return new Execution(stdout.ToString(), errorName);
            }
        }
    }

    /// <summary>Asks the tutor on the kernel's channel and answers its words.</summary>
    public async Task<string> AskAsync(string request)
    {
        var reply = await TryAskAsync(request);
        Assert.True(reply.GetProperty("status").GetString() == "ok", reply.GetRawText());
        return reply.GetProperty("return").GetString()!;
    }

    /// <summary>Asks the tutor on the kernel's channel and answers the reply, be it an error.</summary>
    public async Task<JsonElement> TryAskAsync(string request)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var id = await SendAsync("llm_request", new { request }, limit.Token);
        while (true)
        {
            var (type, content) = await ReceiveAsync(id, limit.Token);
            if (type == "llm_reply")
            {
                return content;
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> SendAsync(string type, object content, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N");
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new
        {
            channel = "shell",
            header = new { msg_id = id, session = _session, username = "", date = "2026-01-01T00:00:00Z", msg_type = type, version = "5.3" },
            parent_header = new { },
            metadata = new { cellId = "cell-1" },
            content,
        }), WebSocketMessageType.Text, true, cancellationToken);
        return id;
    }

    /// <summary>The next message that the request caused: its type and content.</summary>
    private async Task<(string Type, JsonElement Content)> ReceiveAsync(string request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await ReceiveAsync(cancellationToken);
            if (message.GetProperty("parent_header").TryGetProperty("msg_id", out var parent) && parent.GetString() == request)
            {
                return (message.GetProperty("header").GetProperty("msg_type").GetString()!, message.GetProperty("content"));
            }
        }
    }

    private async Task<JsonElement> ReceiveAsync(CancellationToken cancellationToken)
    {
        var length = 0;
        ValueWebSocketReceiveResult received;
        do
        {
            received = await _socket.ReceiveAsync(_buffer.AsMemory(length), cancellationToken);
            length += received.Count;
        }
        while (!received.EndOfMessage);

        return JsonDocument.Parse(_buffer.AsMemory(0, length)).RootElement.Clone();
    }
}
