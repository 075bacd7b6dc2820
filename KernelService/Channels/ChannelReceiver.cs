using System.Buffers;
using System.Net.WebSockets;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>Receives a client's messages into one buffer that each of them uses in turn.</summary>
internal sealed class ChannelReceiver(WebSocket socket, Framing framing, int maxBytes)
{
    private const int InitialBytes = 16 * 1024;

    /// <summary>
    /// Hands each message to the handler, which is done with its memory when it returns. After a cancellation what still
    /// comes is dropped until the client closes. Returns how to close the connection.
    /// </summary>
    public async Task<(WebSocketCloseStatus Status, string Reason)> RunAsync(
        Func<KernelChannel, JupyterMessage, ValueTask> handler, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(InitialBytes);
        try
        {
            while (true)
            {
                var filled = 0;
                ValueWebSocketReceiveResult result;
                do
                {
                    buffer = MakeRoom(buffer, filled);
                    result = await socket.ReceiveAsync(buffer.AsMemory(filled), CancellationToken.None);
                    filled += result.Count;
                    if (filled > maxBytes)
                    {
                        return (WebSocketCloseStatus.MessageTooBig, $"a message may have {maxBytes} bytes");
                    }
                }
                while (!result.EndOfMessage);

                if (result.MessageType == WebSocketMessageType.Close)
                {
                    return (WebSocketCloseStatus.NormalClosure, "");
                }

                if (!cancellationToken.IsCancellationRequested)
                {
                    var message = framing.Decode(buffer.AsMemory(0, filled), result.MessageType == WebSocketMessageType.Binary, out var channel);
                    await handler(channel, message);
                }

                buffer = Shrink(buffer);
            }
        }
        catch (FramingException exception)
        {
            // A reason has at most 123 bytes.
            return (WebSocketCloseStatus.InvalidPayloadData, exception.Message[..Math.Min(exception.Message.Length, 120)]);
        }
        catch (OperationCanceledException)
        {
            return (WebSocketCloseStatus.NormalClosure, "");
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or ObjectDisposedException)
        {
            return (WebSocketCloseStatus.InternalServerError, "the connection is broken");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] MakeRoom(byte[] buffer, int filled)
    {
        if (filled < buffer.Length)
        {
            return buffer;
        }

        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }

    /// <summary>A connection that once received a large message does not hold its memory for ever.</summary>
    private static byte[] Shrink(byte[] buffer)
    {
        if (buffer.Length <= 64 * InitialBytes)
        {
            return buffer;
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return ArrayPool<byte>.Shared.Rent(InitialBytes);
    }
}
