namespace Lyceum.ModelHost.Scheduling;

/// <summary>
/// Weighted fair sharing among names, by start-time fair queueing: each name has a clock that its work moves forward, the heavier its
/// weight the less; the name whose clock is furthest behind is next. Who was idle begins at the clock of those who were not:
/// what was not used is not saved up.
/// </summary>
internal sealed class FairShares(Func<string, double> weightOf)
{
    // Beyond so many names the idle ones are forgotten; they lose nothing, because idling earns nothing.
    private const int Kept = 1024;
    private readonly Dictionary<string, Share> _shares = [];
    private double _floor;

    /// <summary>The name wants work done, once for each call until <see cref="Leave"/>.</summary>
    public void Enter(string name)
    {
        var share = Of(name);
        if (share.Active++ == 0)
        {
            share.Clock = Math.Max(share.Clock, Floor());
        }
    }

    public void Leave(string name)
    {
        var share = Of(name);
        if (--share.Active == 0)
        {
            _floor = Math.Max(_floor, Floor());
            if (_shares.Count > Kept)
            {
                foreach (var idle in _shares.Where(pair => pair.Value.Active == 0).Select(pair => pair.Key).ToArray())
                {
                    _shares.Remove(idle);
                }
            }
        }
    }

    /// <summary>Moves the name's clock on by work, or back by work that was charged and not done.</summary>
    public void Charge(string name, double work)
    {
        var share = Of(name);
        share.Clock += work / share.Weight;
    }

    /// <summary>The smaller, the sooner its turn.</summary>
    public double Clock(string name) => Of(name).Clock;

    private double Floor()
    {
        var least = double.PositiveInfinity;
        foreach (var share in _shares.Values)
        {
            least = share.Active > 0 ? Math.Min(least, share.Clock) : least;
        }

        return double.IsPositiveInfinity(least) ? _floor : Math.Max(_floor, least);
    }

    private Share Of(string name)
    {
        if (!_shares.TryGetValue(name, out var share))
        {
            share = _shares[name] = new Share { Weight = weightOf(name), Clock = _floor };
        }

        return share;
    }

    private sealed class Share
    {
        public required double Weight { get; init; }

        public double Clock { get; set; }

        public int Active { get; set; }
    }
}
