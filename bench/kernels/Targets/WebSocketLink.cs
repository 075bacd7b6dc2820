using System.Buffers;
using System.Buffers.Binary;
using System.Net.WebSockets;
using Lyceum.Messaging;

namespace Lyceum.KernelBench.Targets;

/// <summary>Through a server's WebSocket, in the framing that both servers know: v1.kernel.websocket.jupyter.org.</summary>
internal sealed class WebSocketLink : Link
{
    private const string Subprotocol = "v1.kernel.websocket.jupyter.org";
    private readonly ClientWebSocket _socket = new();
    // It stays as large as it has become: what growing costs a client is not the server's.
    private readonly ArrayBufferWriter<byte> _received = new(64 * 1024);

    public static async Task<WebSocketLink> ConnectAsync(Uri address, string header, string value, CancellationToken cancellationToken)
    {
        var link = new WebSocketLink();
        link._socket.Options.AddSubProtocol(Subprotocol);
        link._socket.Options.SetRequestHeader(header, value);
        await link._socket.ConnectAsync(address, cancellationToken);
        return link._socket.SubProtocol == Subprotocol ? link : throw new NotSupportedException($"The server at {address.Authority} does not offer {Subprotocol}.");
    }

    public override async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException)
        {
            // The server has gone first, or takes its time; nothing is measured any more.
        }

        _socket.Dispose();
    }

    protected override async Task ExchangeAsync(JupyterMessage message, PendingRequest request, CancellationToken cancellationToken)
    {
        await _socket.SendAsync(Encode(message), WebSocketMessageType.Binary, true, cancellationToken);
        while (!request.IsComplete)
        {
            ReadOnlyMemory<byte> bytes = await ReceiveAsync(cancellationToken);
            request.Take(Decode(bytes, out JupyterMessage received), received);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancellationToken)
    {
        _received.ResetWrittenCount();
        while (true)
        {
            ValueWebSocketReceiveResult result = await _socket.ReceiveAsync(_received.GetMemory(64 * 1024), cancellationToken);
            if (result.MessageType == WebSocketMessageType.Close)
            {
                throw new WebSocketException($"The server closed the connection: {_socket.CloseStatus} {_socket.CloseStatusDescription}");
            }

            _received.Advance(result.Count);
            if (result.EndOfMessage)
            {
                return _received.WrittenMemory;
            }
        }
    }

    private static byte[] Encode(JupyterMessage message)
    {
        ReadOnlyMemory<byte>[] parts = ["shell"u8.ToArray(), message.Header, message.ParentHeader, message.Metadata, message.Content];
        int table = sizeof(long) * (parts.Length + 2);
        byte[] bytes = new byte[table + parts.Sum(part => part.Length)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, parts.Length + 1);
        int at = table;
        for (int i = 0; i < parts.Length; i++)
        {
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long) * (i + 1)), at);
            parts[i].CopyTo(bytes.AsMemory(at));
            at += parts[i].Length;
        }

        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(sizeof(long) * (parts.Length + 1)), at);
        return bytes;
    }

    private static KernelChannel Decode(ReadOnlyMemory<byte> bytes, out JupyterMessage message)
    {
        message = new JupyterMessage { Header = Part(1), ParentHeader = Part(2), Metadata = Part(3), Content = Part(4) };
        ReadOnlySpan<byte> channel = Part(0).Span;
        return channel.SequenceEqual("shell"u8) ? KernelChannel.Shell
            : channel.SequenceEqual("iopub"u8) ? KernelChannel.Iopub
            : channel.SequenceEqual("stdin"u8) ? KernelChannel.Stdin
            : KernelChannel.Control;

        ReadOnlyMemory<byte> Part(int index)
        {
            long from = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[(sizeof(long) * (index + 1))..]);
            long to = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[(sizeof(long) * (index + 2))..]);
            return bytes[(int)from..(int)to];
        }
    }
}
