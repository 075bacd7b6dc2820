using System.Threading.Channels;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>A message on its way to a client.</summary>
internal readonly record struct Outbound(KernelChannel Channel, JupyterMessage Message, bool IsOutput)
{
    public long Size
    {
        get
        {
            long size = Message.Header.Length + Message.ParentHeader.Length + Message.Metadata.Length + Message.Content.Length;
            foreach (var buffer in Message.Buffers)
            {
                size += buffer.Length;
            }

            // An entry takes memory beside its bytes, too.
            return size + 200;
        }
    }
}

/// <summary>
/// What waits for one client, in order. Adding never waits, so that no client stalls the kernel or the others; beyond
/// the limit the oldest outputs go, never replies, questions and statuses, without which a notebook would wait for ever.
/// </summary>
internal sealed class Outbox(long maxBytes, Func<JupyterMessage, int, JupyterMessage> tellOfLoss)
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Lock _gate = new();
    private Queue<Outbound> _waiting = new();
    private long _bytes;

    public void Add(Outbound outbound)
    {
        lock (_gate)
        {
            _waiting.Enqueue(outbound);
            _bytes += outbound.Size;
            if (_bytes > maxBytes && _waiting.Count > 1)
            {
                Shrink();
            }
        }

        _signal.Writer.TryWrite(true);
    }

    public bool TryTake(out Outbound outbound)
    {
        lock (_gate)
        {
            if (!_waiting.TryDequeue(out outbound))
            {
                return false;
            }

            _bytes -= outbound.Size;
            return true;
        }
    }

    /// <summary>Puts back in front what could not be sent.</summary>
    public void Return(Outbound outbound)
    {
        lock (_gate)
        {
            _waiting = new Queue<Outbound>([outbound, .. _waiting]);
            _bytes += outbound.Size;
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>Completes when there may be something to take.</summary>
    public async ValueTask WaitAsync(CancellationToken cancellationToken) => await _signal.Reader.ReadAsync(cancellationToken);

    /// <summary>Wakes whoever waits, to look again.</summary>
    public void Wake() => _signal.Writer.TryWrite(true);

    /// <summary>Drops outputs from the front down to half the limit, so that the cost of this is spread over many messages.</summary>
    private void Shrink()
    {
        var kept = new Queue<Outbound>();
        var dropped = 0;
        JupyterMessage? last = null;
        var toldAt = -1;
        long size = _bytes;
        while (_waiting.TryDequeue(out var outbound))
        {
            if (size > maxBytes / 2 && outbound.IsOutput && _waiting.Count > 0)
            {
                size -= outbound.Size;
                dropped++;
                last = outbound.Message;
                toldAt = kept.Count;
            }
            else
            {
                kept.Enqueue(outbound);
            }
        }

        if (last is not null)
        {
            var told = new Outbound(KernelChannel.Iopub, tellOfLoss(last, dropped), IsOutput: true);
            kept = new Queue<Outbound>([.. kept.Take(toldAt), told, .. kept.Skip(toldAt)]);
            size += told.Size;
        }

        _waiting = kept;
        _bytes = size;
    }
}
