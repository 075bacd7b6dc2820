namespace Lyceum.TelemetryIngest.Derived;

/// <summary>
/// Learners of whom something takes longer to derive than the database is given for it. They are tried again after a wait that doubles
/// each time, so that nobody else waits for them.
/// </summary>
internal sealed class SetAside(TimeProvider time)
{
    private const int MaxLearners = 1000;
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);

    private readonly Dictionary<(string Course, string Learner), (TimeSpan Wait, DateTimeOffset Until)> _learners = [];

    /// <summary>Those whose time has not come.</summary>
    public (string Course, string Learner)[] Waiting => [.. _learners.Where(one => one.Value.Until > time.GetUtcNow()).Select(one => one.Key)];

    /// <summary>Sets one aside; answers for how long.</summary>
    public TimeSpan Add(ChangedLearner one)
    {
        var key = (one.Course, one.Learner);
        if (_learners.Count >= MaxLearners && !_learners.ContainsKey(key))
        {
            _learners.Remove(_learners.MinBy(known => known.Value.Until).Key);
        }

        var wait = _learners.TryGetValue(key, out var before) ? 2 * before.Wait : FirstWait;
        wait = wait < LongestWait ? wait : LongestWait;
        _learners[key] = (wait, time.GetUtcNow() + wait);
        return wait;
    }

    /// <summary>It went well.</summary>
    public void Remove(ChangedLearner one) => _learners.Remove((one.Course, one.Learner));
}
