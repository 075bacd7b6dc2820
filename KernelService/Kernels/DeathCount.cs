namespace Lyceum.KernelService.Kernels;

/// <summary>How often a kernel has died in a row, whether it is to be started again, and when. One caller at a time.</summary>
internal sealed class DeathCount(KernelsOptions options)
{
    private const int MaxDoublings = 6;
    private int _deaths;

    /// <summary>What a kernel waits for that has to wait at all.</summary>
    public static TimeSpan ShortestPause { get; } = TimeSpan.FromMilliseconds(100);

    public int InARow => _deaths;

    /// <summary>How long the next start has to wait.</summary>
    public TimeSpan Pause => _deaths > 1 ? ShortestPause * Math.Pow(2, Math.Min(_deaths - 1, MaxDoublings)) : TimeSpan.Zero;

    /// <summary>Counts a death; false if it was one too many. One that ran for long enough starts a new count.</summary>
    public bool TryAdd(TimeSpan lasted)
    {
        _deaths = lasted > options.StableAfter ? 1 : _deaths + 1;
        return _deaths <= options.MaxRestarts;
    }

    public void Reset() => _deaths = 0;
}
