using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;

namespace Lyceum.ChatService.CodeGeneration;

/// <summary>A kernel's WebSocket: sends code, reads what comes of it.</summary>
internal sealed class KernelConnection : IDisposable
{
    // A message beyond this is an output that nobody reads.
    private const int MaxMessageBytes = 4 * 1024 * 1024;

    private readonly ClientWebSocket _socket = new();
    private readonly string _session = Guid.NewGuid().ToString("N");
    private readonly byte[] _buffer = new byte[16 * 1024];

    /// <summary>Bytes that have come in all.</summary>
    public long Received { get; private set; }

    /// <summary>Whether a message was too large to be taken.</summary>
    public bool IsFlooded { get; private set; }

    public async Task ConnectAsync(Uri channels, string header, string identity, CancellationToken cancellationToken)
    {
        _socket.Options.SetRequestHeader(header, identity);
        await _socket.ConnectAsync(new Uri($"{channels}?session_id={_session}"), cancellationToken);
    }

    /// <summary>Sends code to run, outside of the notebook's history; answers the message's id.</summary>
    public async Task<string> ExecuteAsync(string code, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString("N");
        var message = new KernelMessage<ExecuteRequest>(
            Header(id, "execute_request", now),
            new ParentHeader(null),
            new Nothing(),
            new ExecuteRequest(code, Silent: false, StoreHistory: false, new Nothing(), AllowStdin: false, StopOnError: true),
            "shell",
            []);
        var json = JsonSerializer.SerializeToUtf8Bytes(message, KernelMessageJson.Default.KernelMessageExecuteRequest);
        await _socket.SendAsync(json, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        return id;
    }

    /// <summary>The next message that can be read; null when the connection has ended, or a message is too large.</summary>
    public async Task<ReceivedMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            using MemoryStream bytes = new();
            ValueWebSocketReceiveResult part;
            do
            {
                part = await _socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
                bytes.Write(_buffer, 0, part.Count);
                Received += part.Count;
            }
            while (!part.EndOfMessage && bytes.Length <= MaxMessageBytes);

            IsFlooded = !part.EndOfMessage;
            if (IsFlooded || part.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }

            // Messages with buffers are binary: widgets' data, nothing to show as text.
            if (part.MessageType == WebSocketMessageType.Text)
            {
                return JsonSerializer.Deserialize(bytes.GetBuffer().AsSpan(0, (int)bytes.Length), KernelMessageJson.Default.ReceivedMessage);
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private MessageHeader Header(string id, string type, DateTimeOffset now) =>
        new(id, type, _session, "lyceum", now.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture), "5.3");
}
