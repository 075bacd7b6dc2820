using System.Buffers;
using System.Net.WebSockets;

namespace Lyceum.KernelService.Channels;

/// <summary>
/// Sends what is in a client's outbox. Whoever puts something there wakes it, and lends it the thread for as long as the
/// connection takes what is sent at once; that saves handing every message to another thread. What has gathered goes
/// out in one write.
/// </summary>
internal sealed class ChannelSender(FrameStream connection, Framing framing, Outbox outbox)
{
    private const int BatchBytes = 48 * 1024;
    private const int FragmentBytes = 256 * 1024;
    private const int KeptBytes = 64 * 1024;
    private const int Idle = 0;
    private const int Running = 1;
    private const int Again = 2;

    private readonly ArrayBufferWriter<byte> _head = new(1024);
    private readonly List<ReadOnlyMemory<byte>> _parts = new(8);
    private readonly List<Outbound> _batch = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ArrayBufferWriter<byte> _frames = new(4 * 1024);
    private int _state;
    private volatile bool _isStopping;

    /// <summary>Completes when nothing is sent any more: stopped, or because the connection is broken.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Sends what there is. Never waits.</summary>
    public void Wake()
    {
        if (Interlocked.Exchange(ref _state, Again) == Idle)
        {
            _ = PumpAsync();
        }
    }

    /// <summary>Sends no more than what is on its way already, after which <see cref="Ended"/> completes.</summary>
    public void Stop()
    {
        _isStopping = true;
        Wake();
    }

    private async Task PumpAsync()
    {
        do
        {
            Volatile.Write(ref _state, Running);
            while (!_isStopping && TakeBatch())
            {
                try
                {
                    await SendBatchAsync();
                }
                catch (Exception exception) when (exception is OperationCanceledException or WebSocketException or IOException or InvalidOperationException)
                {
                    // Why is for the receiver to tell. A message that was sent in part was not received.
                    outbox.Return(_batch);
                    _isStopping = true;
                }
            }

            if (_isStopping)
            {
                _ended.TrySetResult();
            }

            if (_frames.Capacity > KeptBytes)
            {
                // A connection that once sent a large message does not hold its memory for ever.
                _frames = new ArrayBufferWriter<byte>(4 * 1024);
            }
        }
        while (Interlocked.CompareExchange(ref _state, Idle, Running) != Running);
    }

    private bool TakeBatch()
    {
        _batch.Clear();
        outbox.Take(_batch, BatchBytes);
        return _batch.Count > 0;
    }

    private async ValueTask SendBatchAsync()
    {
        _frames.ResetWrittenCount();
        foreach (var outbound in _batch)
        {
            await AppendAsync(outbound);
        }

        await connection.WriteFramesAsync(_frames.WrittenMemory);
    }

    /// <summary>Adds a message to those that go out together, unless it is large: its parts go from where they lie.</summary>
    private async ValueTask AppendAsync(Outbound outbound)
    {
        _head.ResetWrittenCount();
        framing.Encode(outbound.Channel, outbound.Message, _head, _parts);
        var isBinary = framing.IsBinary(outbound.Message);
        var at = 0;
        var length = _head.WrittenCount;
        while (at < _parts.Count && length + _parts[at].Length <= BatchBytes)
        {
            length += _parts[at++].Length;
        }

        AppendHeader(length, isBinary, isFirst: true, isLast: at == _parts.Count);
        _frames.Write(_head.WrittenSpan);
        for (var i = 0; i < at; i++)
        {
            _frames.Write(_parts[i].Span);
        }

        for (; at < _parts.Count; at++)
        {
            await SendPartAsync(_parts[at], isBinary, isLast: at == _parts.Count - 1);
        }

        _parts.Clear();
    }

    private async ValueTask SendPartAsync(ReadOnlyMemory<byte> part, bool isBinary, bool isLast)
    {
        do
        {
            // In fragments, so that pings get their turn however large the message and however slow the client.
            var fragment = part[..Math.Min(part.Length, FragmentBytes)];
            part = part[fragment.Length..];
            AppendHeader(fragment.Length, isBinary, isFirst: false, isLast && part.IsEmpty);
            await connection.WriteFramesAsync(_frames.WrittenMemory, fragment);
            _frames.ResetWrittenCount();
        }
        while (!part.IsEmpty);
    }

    private void AppendHeader(long length, bool isBinary, bool isFirst, bool isLast) =>
        _frames.Advance(FrameStream.WriteHeader(_frames.GetSpan(FrameStream.MaxHeaderBytes), length, isBinary, isFirst, isLast));
}
