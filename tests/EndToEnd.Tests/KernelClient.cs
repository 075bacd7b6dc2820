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
        var id = Guid.NewGuid().ToString("N");
        await _socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(new
        {
            channel = "shell",
            header = new { msg_id = id, _session, username = "", date = "2026-01-01T00:00:00Z", msg_type = "execute_request", version = "5.3" },
            parent_header = new { },
            metadata = new { cellId = "cell-1" },
            content = new { code, silent = false, store_history = true, user_expressions = new { }, allow_stdin = false, stop_on_error = true },
        }), WebSocketMessageType.Text, true, limit.Token);

        var stdout = new StringBuilder();
        string? errorName = null;
        while (true)
        {
            var message = await ReceiveAsync(limit.Token);
            if (!message.GetProperty("parent_header").TryGetProperty("msg_id", out var parent) || parent.GetString() != id)
            {
                continue;
            }

            var content = message.GetProperty("content");
            switch (message.GetProperty("header").GetProperty("msg_type").GetString())
            {
                case "stream" when content.GetProperty("name").GetString() == "stdout":
                    stdout.Append(content.GetProperty("text").GetString());
                    break;
                case "error":
                    errorName = content.GetProperty("ename").GetString();
                    break;
                case "status" when content.GetProperty("execution_state").GetString() == "idle":
                    return new Execution(stdout.ToString(), errorName);
            }
        }
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return ValueTask.CompletedTask;
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
