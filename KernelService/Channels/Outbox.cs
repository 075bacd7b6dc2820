using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>A message on its way to a client.</summary>
internal readonly record struct Outbound
{
    // An entry takes memory beside its bytes, too.
    private const int EntryBytes = 200;

    public Outbound(KernelChannel channel, JupyterMessage message, bool isOutput)
    {
        (Channel, Message, IsOutput) = (channel, message, isOutput);
        Size = EntryBytes + message.Size;
    }

    public KernelChannel Channel { get; }

    public JupyterMessage Message { get; }

    /// <summary>Whether a notebook can do without it, unlike replies, questions and statuses.</summary>
    public bool IsOutput { get; }

    public long Size { get; }
}

/// <summary>
/// What waits for one client, in order. Adding never waits, so that no client stalls the kernel or the others. Beyond
/// the limit the oldest outputs go. Replies, questions and statuses, without which a notebook would wait for ever, go
/// only when they alone exceed it.
/// </summary>
internal sealed class Outbox(long maxBytes, Func<JupyterMessage, int, JupyterMessage> tellOfLoss)
{
    private readonly Lock _gate = new();
    private Queue<Outbound> _waiting = new();
    private long _bytes;

    /// <summary>Returns how many bytes wait now.</summary>
    public long Add(Outbound outbound)
    {
        lock (_gate)
        {
            _waiting.Enqueue(outbound);
            _bytes += outbound.Size;
            if (_bytes > maxBytes && _waiting.Count > 1)
            {
                Shrink(outbound => outbound.IsOutput);
                if (_bytes > maxBytes)
                {
                    Shrink(_ => true);
                }
            }

            return _bytes;
        }
    }

    /// <summary>Takes the messages in front, at least one if there is one, and no more than have the given bytes together.</summary>
    public void Take(List<Outbound> taken, long bytes)
    {
        lock (_gate)
        {
            while (_waiting.TryPeek(out var next) && (taken.Count == 0 || next.Size <= bytes))
            {
                _waiting.Dequeue();
                _bytes -= next.Size;
                bytes -= next.Size;
                taken.Add(next);
            }
        }
    }

    /// <summary>Puts back in front what could not be sent.</summary>
    public void Return(IReadOnlyCollection<Outbound> unsent)
    {
        lock (_gate)
        {
            _waiting = new Queue<Outbound>([.. unsent, .. _waiting]);
            _bytes += unsent.Sum(outbound => outbound.Size);
        }
    }

    /// <summary>
    /// Drops from the front down to half the limit, so that the cost of this is spread over many messages, and leaves a
    /// note in the place of what is gone. The newest message stays, whatever its size.
    /// </summary>
    private void Shrink(Func<Outbound, bool> isDispensable)
    {
        var kept = new List<Outbound>();
        var dropped = 0;
        JupyterMessage? last = null;
        var gap = 0;
        while (_waiting.TryDequeue(out var outbound))
        {
            if (_bytes > maxBytes / 2 && _waiting.Count > 0 && isDispensable(outbound))
            {
                _bytes -= outbound.Size;
                dropped++;
                last = outbound.Message;
                gap = kept.Count;
            }
            else
            {
                kept.Add(outbound);
            }
        }

        if (last is not null)
        {
            var told = new Outbound(KernelChannel.Iopub, tellOfLoss(last, dropped), isOutput: true);
            kept.Insert(gap, told);
            _bytes += told.Size;
        }

        _waiting = new Queue<Outbound>(kept);
    }
}
