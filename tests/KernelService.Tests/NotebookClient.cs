using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.KernelService.Tests;

/// <summary>A client of a kernel's WebSocket, written against Jupyter's documentation and not against the service's code.</summary>
internal sealed class NotebookClient : IAsyncDisposable
{
    public const string V1 = "v1.kernel.websocket.jupyter.org";

    private readonly ClientWebSocket _socket = new();
    private readonly string _session;

    private NotebookClient(string session) => _session = session;

    public string? Subprotocol => _socket.SubProtocol;

    public WebSocketCloseStatus? CloseStatus => _socket.CloseStatus;

    public static CancellationTokenSource Limit(int seconds = 60) => new(TimeSpan.FromSeconds(seconds));

    public static Task<NotebookClient> ConnectAsync(
        KernelServiceFixture service, string kernel, CallerIdentity caller, string? subprotocol = V1, string? session = null) =>
        ConnectAsync(service.Address, kernel, caller, subprotocol, session);

    public static async Task<NotebookClient> ConnectAsync(
        Uri service, string kernel, CallerIdentity caller, string? subprotocol = V1, string? session = null)
    {
        var client = new NotebookClient(session ?? Guid.NewGuid().ToString("N"));
        client._socket.Options.SetRequestHeader("X-Lyceum-Identity", TestIdentity.Token(caller));
        if (subprotocol is not null)
        {
            client._socket.Options.AddSubProtocol(subprotocol);
        }

        using var limit = Limit();
        var address = new UriBuilder(new Uri(service, $"/api/kernels/{kernel}/channels?session_id={client._session}")) { Scheme = "ws" };
        await client._socket.ConnectAsync(address.Uri, limit.Token);
        return client;
    }

    public async Task<string> SendAsync(string channel, string type, JsonObject content, JsonObject? metadata = null, byte[][]? buffers = null)
    {
        var id = Guid.NewGuid().ToString("N");
        var header = new JsonObject
        {
            ["msg_id"] = id, ["msg_type"] = type, ["session"] = _session, ["username"] = "sam", ["date"] = "2026-01-01T00:00:00Z", ["version"] = "5.3",
        };
        using var limit = Limit();
        if (Subprotocol == V1)
        {
            byte[][] parts =
            [
                Encoding.UTF8.GetBytes(channel), Utf8(header), "{}"u8.ToArray(), Utf8(metadata ?? []), Utf8(content), .. buffers ?? [],
            ];
            await _socket.SendAsync(FrameV1(parts), WebSocketMessageType.Binary, true, limit.Token);
            return id;
        }

        var json = Utf8(new JsonObject
        {
            ["header"] = header, ["parent_header"] = new JsonObject(), ["metadata"] = metadata ?? [], ["content"] = content, ["channel"] = channel, ["buffers"] = new JsonArray(),
        });
        await (buffers is null
            ? _socket.SendAsync(json, WebSocketMessageType.Text, true, limit.Token)
            : _socket.SendAsync(FrameJson([json, .. buffers]), WebSocketMessageType.Binary, true, limit.Token));
        return id;
    }

    public Task SendRawAsync(byte[] bytes, WebSocketMessageType type = WebSocketMessageType.Binary) =>
        _socket.SendAsync(bytes, type, true, CancellationToken.None);

    public Task<string> ExecuteAsync(string code, string? cell = null, bool stopOnError = true) => SendAsync(
        "shell",
        "execute_request",
        new JsonObject { ["code"] = code, ["silent"] = false, ["store_history"] = true, ["user_expressions"] = new JsonObject(), ["allow_stdin"] = true, ["stop_on_error"] = stopOnError },
        cell is null ? null : new JsonObject { ["cellId"] = cell });

    /// <summary>The next message, or null when the service closed the connection.</summary>
    public async Task<Received?> ReceiveAsync(int seconds = 60)
    {
        using var limit = Limit(seconds);
        using var bytes = new MemoryStream();
        var buffer = new byte[64 * 1024];
        WebSocketReceiveResult result;
        do
        {
            result = await _socket.ReceiveAsync(buffer, limit.Token);
            bytes.Write(buffer, 0, result.Count);
        }
        while (!result.EndOfMessage);

        if (result.MessageType == WebSocketMessageType.Close)
        {
            return null;
        }

        return Subprotocol == V1 ? ParseV1(bytes.ToArray()) : ParseJson(bytes.ToArray(), result.MessageType);
    }

    public async Task<Received> UntilAsync(Func<Received, bool> wanted)
    {
        while (true)
        {
            var message = await ReceiveAsync() ?? throw new InvalidOperationException($"The service closed the connection: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            if (wanted(message))
            {
                return message;
            }
        }
    }

    /// <summary>Runs code and returns all messages that belong to it, up to both its reply and its idle status.</summary>
    public async Task<IReadOnlyList<Received>> RunAsync(string code, string? cell = null, bool stopOnError = true) =>
        await CollectAsync(await ExecuteAsync(code, cell, stopOnError));

    public async Task<IReadOnlyList<Received>> CollectAsync(string id)
    {
        var messages = new List<Received>();
        var (idle, replied) = (false, false);
        while (!(idle && replied))
        {
            var message = await UntilAsync(message => message.ParentId == id);
            messages.Add(message);
            idle |= message.State == "idle";
            replied |= message.Type.EndsWith("_reply", StringComparison.Ordinal);
        }

        return messages;
    }

    /// <summary>Asks the assistant in the kernel for something that it has to do.</summary>
    public async Task AssistantAsync(string type, int index = 0)
    {
        var messages = await CollectAsync(await SendAsync("shell", type, new JsonObject { ["checkpoint_index"] = index }));
        var reply = messages.Single(message => message.Type.EndsWith("_reply", StringComparison.Ordinal));
        Assert.True(reply.Text("status") == "ok", reply.Content.ToJsonString());
    }

    /// <summary>Breaks the connection without a goodbye.</summary>
    public void Drop() => _socket.Abort();

    public async ValueTask DisposeAsync()
    {
        if (_socket.State == WebSocketState.Open)
        {
            using var limit = Limit();
            try
            {
                await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            }
            catch (WebSocketException)
            {
                // The service, too, may end the connection now: its kernel has gone.
            }
        }

        _socket.Dispose();
    }

    public static byte[] FrameV1(byte[][] parts)
    {
        var offsets = new List<long> { 8L * (parts.Length + 2) };
        foreach (var part in parts)
        {
            offsets.Add(offsets[^1] + part.Length);
        }

        return [.. BitConverter.GetBytes((long)offsets.Count), .. offsets.SelectMany(BitConverter.GetBytes), .. parts.SelectMany(part => part)];
    }

    private static byte[] FrameJson(byte[][] parts)
    {
        var table = new byte[4 * (parts.Length + 1)];
        BinaryPrimitives.WriteInt32BigEndian(table, parts.Length);
        var offset = table.Length;
        for (var i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(table.AsSpan(4 * (i + 1)), offset);
            offset += parts[i].Length;
        }

        return [.. table, .. parts.SelectMany(part => part)];
    }

    private static byte[] Utf8(JsonObject json) => Encoding.UTF8.GetBytes(json.ToJsonString());

    private static JsonObject Parse(byte[] json) => JsonNode.Parse(json)!.AsObject();

    private static Received ParseV1(byte[] bytes)
    {
        var count = (int)BitConverter.ToInt64(bytes, 0);
        var offsets = Enumerable.Range(1, count).Select(i => (int)BitConverter.ToInt64(bytes, 8 * i)).ToArray();
        Assert.Equal(8 * (count + 1), offsets[0]);
        Assert.Equal(bytes.Length, offsets[^1]);
        var parts = offsets.Zip(offsets.Skip(1), (from, to) => bytes[from..to]).ToArray();
        return new Received(Encoding.UTF8.GetString(parts[0]), Parse(parts[1]), Parse(parts[2]), Parse(parts[4]), parts[5..]);
    }

    private static Received ParseJson(byte[] bytes, WebSocketMessageType type)
    {
        byte[][] parts = [bytes];
        if (type == WebSocketMessageType.Binary)
        {
            var count = BinaryPrimitives.ReadInt32BigEndian(bytes);
            var offsets = Enumerable.Range(1, count).Select(i => BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(4 * i))).Append(bytes.Length).ToArray();
            parts = [.. offsets.Zip(offsets.Skip(1), (from, to) => bytes[from..to])];
        }

        var json = Parse(parts[0]);
        return new Received(
            json["channel"]!.GetValue<string>(), json["header"]!.AsObject(), json["parent_header"]!.AsObject(), json["content"]!.AsObject(), parts[1..]);
    }
}
