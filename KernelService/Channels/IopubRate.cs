using Lyceum.KernelService.Kernels;
using Lyceum.Messaging;

namespace Lyceum.KernelService.Channels;

/// <summary>What becomes of an output.</summary>
internal enum IopubVerdict
{
    /// <summary>It goes to the clients.</summary>
    Pass,

    /// <summary>It is dropped, as those before it.</summary>
    Drop,

    /// <summary>It is the first to be dropped for too many messages, which the cell has to be told.</summary>
    TooManyMessages,

    /// <summary>It is the first to be dropped for too many bytes, which the cell has to be told.</summary>
    TooMuchData,
}

/// <summary>
/// Limits how fast a kernel's outputs reach its clients, counting as jupyter_server does: over a sliding window that an
/// idle status empties; messages of all outputs, bytes of streams alone; and once exceeded, until the rate is below
/// four fifths of the limit. One caller at a time.
/// </summary>
internal sealed class IopubRate(ChannelsOptions options, TimeProvider time)
{
    private const int Slots = 32;
    private const double ResumeAt = 0.8;

    private readonly long[] _messages = new long[Slots];
    private readonly long[] _bytes = new long[Slots];
    private readonly long _slotTicks = Math.Max(1, options.RateWindow.Ticks / Slots);
    private readonly long _start = time.GetTimestamp();
    private long _slot;
    private bool _tooManyMessages;
    private bool _tooMuchData;

    public IopubVerdict Judge(HeaderFields header, JupyterMessage message)
    {
        if (header.MsgType.SequenceEqual("status"u8))
        {
            if (message.Content.Span.IndexOf("\"idle\""u8) >= 0)
            {
                Reset();
            }

            return IopubVerdict.Pass;
        }

        // Clients that miss one of these are out of step for good.
        if (header.MsgType.SequenceEqual("comm_open"u8) || header.MsgType.SequenceEqual("execute_input"u8))
        {
            return IopubVerdict.Pass;
        }

        var at = Turn();
        var size = header.MsgType.SequenceEqual("stream"u8) ? message.Size : 0;
        _messages[at]++;
        _bytes[at] += size;
        var verdict = Compare();
        if (verdict != IopubVerdict.Pass)
        {
            // What does not reach a client does not burden it.
            _messages[at]--;
            _bytes[at] -= size;
        }

        return verdict;
    }

    private IopubVerdict Compare()
    {
        var (wereMessages, wasData) = (_tooManyMessages, _tooMuchData);
        _tooManyMessages = Exceeds(_messages, options.IopubMessageRateLimit, wereMessages);
        _tooMuchData = Exceeds(_bytes, options.IopubDataRateLimit, wasData);
        return _tooManyMessages && !wereMessages ? IopubVerdict.TooManyMessages
            : _tooMuchData && !wasData ? IopubVerdict.TooMuchData
            : _tooManyMessages || _tooMuchData ? IopubVerdict.Drop
            : IopubVerdict.Pass;
    }

    private bool Exceeds(long[] counts, double limit, bool did)
    {
        if (limit <= 0)
        {
            return false;
        }

        var rate = counts.Sum() / options.RateWindow.TotalSeconds;
        return rate > limit || (did && rate >= ResumeAt * limit);
    }

    /// <summary>Forgets what has left the window, and returns where to count now.</summary>
    private int Turn()
    {
        var slot = time.GetElapsedTime(_start).Ticks / _slotTicks;
        for (var passed = Math.Min(slot - _slot, Slots); passed > 0; passed--)
        {
            var old = (slot - passed + 1) % Slots;
            (_messages[old], _bytes[old]) = (0, 0);
        }

        _slot = slot;
        return (int)(slot % Slots);
    }

    private void Reset()
    {
        Array.Clear(_messages);
        Array.Clear(_bytes);
        (_tooManyMessages, _tooMuchData) = (false, false);
    }
}
