using Lyceum.ModelHost.Nodes;

namespace Lyceum.ModelHost.Upkeep;

/// <summary>What is being done for a model on a node, and when what failed may be tried again: after 5 s, then twice as long up to 5 minutes, ten times at most.</summary>
internal sealed class Attempts(TimeProvider time)
{
    public const int Max = 10;
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private readonly Lock _lock = new();
    private readonly Dictionary<(ModelNode Node, string Model), Attempt> _attempts = [];

    /// <summary>Takes it on; false while it is under way, done, or not yet to be tried again.</summary>
    public bool TryBegin(ModelNode node, string model)
    {
        lock (_lock)
        {
            if (!_attempts.TryGetValue((node, model), out var attempt))
            {
                attempt = _attempts[(node, model)] = new Attempt();
            }

            if (attempt.IsOver || attempt.Failed >= Max || (attempt.Failed > 0 && time.GetElapsedTime(attempt.FailedAt) < Pause(attempt.Failed)))
            {
                return false;
            }

            return attempt.IsOver = true;
        }
    }

    /// <summary>It has failed; answers how long until it may be tried again, null for never.</summary>
    public TimeSpan? Failed(ModelNode node, string model)
    {
        lock (_lock)
        {
            if (!_attempts.TryGetValue((node, model), out var attempt))
            {
                // Forgotten meanwhile, because the node is away.
                return TimeSpan.Zero;
            }

            (attempt.IsOver, attempt.FailedAt) = (false, time.GetTimestamp());
            return ++attempt.Failed < Max ? Pause(attempt.Failed) : null;
        }
    }

    /// <summary>Forgets what was done on nodes that are gone or away: what comes back may have lost it.</summary>
    public void Keep(Func<ModelNode, bool> isThere)
    {
        lock (_lock)
        {
            foreach (var gone in _attempts.Keys.Where(key => !isThere(key.Node)).ToArray())
            {
                _attempts.Remove(gone);
            }
        }
    }

    private static TimeSpan Pause(int failed) => TimeSpan.FromSeconds(Math.Min(LongestPause.TotalSeconds, 5 * Math.Pow(2, failed - 1)));

    private sealed class Attempt
    {
        /// <summary>Under way, or done.</summary>
        public bool IsOver { get; set; }

        public int Failed { get; set; }

        public long FailedAt { get; set; }
    }
}
