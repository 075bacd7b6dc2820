using System.Buffers;
using System.Net.WebSockets;

namespace Lyceum.KernelService.Channels;

/// <summary>Sends what is in a client's outbox.</summary>
internal sealed class ChannelSender(WebSocket socket, Framing framing, Outbox outbox)
{
    private const int SmallMessage = 64 * 1024;
    private const int FragmentBytes = 256 * 1024;

    private readonly ArrayBufferWriter<byte> _head = new(4096);
    private readonly List<ReadOnlyMemory<byte>> _parts = new(8);

    /// <summary>Sends until the connection breaks or the token is cancelled while nothing is being sent.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                cancellationToken.ThrowIfCancellationRequested();
                while (!cancellationToken.IsCancellationRequested && outbox.TryTake(out var outbound))
                {
                    await SendOrReturnAsync(outbound);
                }

                await outbox.WaitAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException or ObjectDisposedException)
        {
            // Whoever runs this knows why, or learns it from the receiver.
        }
    }

    private async ValueTask SendOrReturnAsync(Outbound outbound)
    {
        try
        {
            await SendAsync(outbound);
        }
        catch
        {
            outbox.Return(outbound);
            throw;
        }
    }

    private async ValueTask SendAsync(Outbound outbound)
    {
        _head.ResetWrittenCount();
        _parts.Clear();
        framing.Encode(outbound.Channel, outbound.Message, _head, _parts);
        var type = framing.IsBinary(outbound.Message) ? WebSocketMessageType.Binary : WebSocketMessageType.Text;

        // Small parts ride with what precedes them; from the first large one on each goes out as it lies in memory.
        var at = 0;
        while (at < _parts.Count && _head.WrittenCount + _parts[at].Length <= SmallMessage)
        {
            _head.Write(_parts[at++].Span);
        }

        await socket.SendAsync(_head.WrittenMemory, type, endOfMessage: at == _parts.Count, CancellationToken.None);
        for (; at < _parts.Count; at++)
        {
            await SendPartAsync(_parts[at], type, isLast: at == _parts.Count - 1);
        }
    }

    private async ValueTask SendPartAsync(ReadOnlyMemory<byte> part, WebSocketMessageType type, bool isLast)
    {
        do
        {
            // In fragments, for the socket copies each into a buffer of its own.
            var fragment = part[..Math.Min(part.Length, FragmentBytes)];
            part = part[fragment.Length..];
            await socket.SendAsync(fragment, type, isLast && part.IsEmpty, CancellationToken.None);
        }
        while (!part.IsEmpty);
    }
}
