namespace Lyceum.TelemetryIngest.Live;

/// <summary>Who watches one class view on this replica.</summary>
internal sealed class Audience
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _seated = [];
    private readonly List<Subscription> _joining = [];

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
            {
                return _seated.Count + _joining.Count == 0;
            }
        }
    }

    public void Join(Subscription subscription)
    {
        lock (_gate)
        {
            _joining.Add(subscription);
        }
    }

    public void Leave(Subscription subscription)
    {
        lock (_gate)
        {
            _ = _joining.Remove(subscription) || _seated.Remove(subscription);
        }
    }

    /// <summary>Gives news to everybody who has a snapshot.</summary>
    public void Tell(Action<Subscription> news)
    {
        lock (_gate)
        {
            _seated.ForEach(news);
        }
    }

    /// <summary>Counts those who joined in from now on; answers them, or everybody, for a snapshot.</summary>
    public Subscription[] Seat(bool everybody)
    {
        lock (_gate)
        {
            _seated.AddRange(_joining);
            Subscription[] seated = everybody ? [.. _seated] : [.. _joining];
            _joining.Clear();
            return seated;
        }
    }

    /// <summary>Tells those who joined that there is no snapshot to be had.</summary>
    public void Fail(Exception reason)
    {
        lock (_gate)
        {
            _joining.ForEach(subscription => subscription.Fail(reason));
        }
    }
}
