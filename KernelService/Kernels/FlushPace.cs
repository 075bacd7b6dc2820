namespace Lyceum.KernelService.Kernels;

/// <summary>
/// Tells when what a kernel published goes to the clients. Each time costs this service, the client and the system as much as several
/// messages do, so those of a flood go together, and none waits longer than a lull in what comes, or as long again where there is none.
/// </summary>
internal sealed class FlushPace(TimeProvider time)
{
    /// <summary>No longer than a page needs to draw a line; fifty times as long as a kernel in a flood needs for the next.</summary>
    public static readonly TimeSpan Lull = TimeSpan.FromMilliseconds(1);

    // So many between two flushes are a flood.
    private const int Many = 16;

    private long _since = time.GetTimestamp();
    private int _count;
    private bool _isUrgent;
    private bool _isWaiting;
    private volatile bool _isFlood;

    /// <summary>Whether messages come in such number that each of them is not worth waking anybody.</summary>
    public bool IsFlood => _isFlood;

    /// <summary>Whether something waits.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting);

    /// <summary>Takes note of a message that waits from now on. One caller at a time.</summary>
    /// <param name="isOneOfMany">Whether it may wait for more of its kind; otherwise somebody waits for it.</param>
    public void Add(bool isOneOfMany)
    {
        _count++;
        _isUrgent |= !isOneOfMany;
        Volatile.Write(ref _isWaiting, true);
    }

    /// <summary>Whether what waits goes now, when nothing more is there yet; if so, nothing waits any more. The same caller.</summary>
    /// <param name="willLull">Whether the caller is the one who sees the lull, which is then yet to come.</param>
    public bool IsDue(bool willLull)
    {
        var now = time.GetTimestamp();
        _isFlood = !_isUrgent && _count >= Many;
        if (willLull && !_isUrgent && time.GetElapsedTime(_since, now) < Lull)
        {
            return false;
        }

        (_isUrgent, _count, _since) = (false, 0, now);
        return TakeWaiting();
    }

    /// <summary>Whether something waits, which it does no more. For whoever sees the lull.</summary>
    public bool TakeWaiting() => Interlocked.Exchange(ref _isWaiting, false);
}
