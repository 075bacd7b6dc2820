using Lyceum.ModelHost.Forwarding;

namespace Lyceum.ModelHost.Usage;

/// <summary>What tokens are counted under.</summary>
internal readonly record struct UsageKey(string Course, string User, string Model, string Node);

/// <summary>How much that was.</summary>
internal readonly record struct UsageCount(long Requests, long Input, long Output)
{
    public static UsageCount operator +(UsageCount one, UsageCount other) => new(one.Requests + other.Requests, one.Input + other.Input, one.Output + other.Output);
}

/// <summary>Counts today's tokens, in this process. Ended requests are counted, running ones are not.</summary>
internal sealed class UsageLedger
{
    // More than a day of a large institution.
    private const int MaxEntries = 200_000;
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<UsageKey, UsageCount> _entries = [];
    private readonly HashSet<UsageKey> _changed = [];
    private DateTimeOffset _since;

    public UsageLedger(TimeProvider time)
    {
        _time = time;
        _since = time.GetUtcNow();
    }

    public void Add(string course, string user, string model, string node, TokenFigures figures)
    {
        lock (_lock)
        {
            Turn();
            var key = new UsageKey(course, user, model, node);
            if (_entries.TryGetValue(key, out var count) || _entries.Count < MaxEntries)
            {
                _entries[key] = count + new UsageCount(1, figures.InputTokens ?? 0, figures.OutputTokens ?? 0);
                _changed.Add(key);
            }
        }
    }

    /// <summary>What was counted, and from when on: midnight UTC, or when this process started.</summary>
    public (DateTimeOffset Since, IReadOnlyList<KeyValuePair<UsageKey, UsageCount>> Entries) Read(Func<UsageKey, bool> isWanted)
    {
        lock (_lock)
        {
            Turn();
            return (_since, [.. _entries.Where(entry => isWanted(entry.Key))]);
        }
    }

    /// <summary>Some of what has changed since it was last taken, all of one course.</summary>
    public (DateTimeOffset Since, IReadOnlyList<KeyValuePair<UsageKey, UsageCount>> Entries) TakeChanged(int most)
    {
        lock (_lock)
        {
            Turn();
            var course = _changed.FirstOrDefault().Course;
            UsageKey[] taken = [.. _changed.Where(key => key.Course == course).Take(most)];
            _changed.ExceptWith(taken);
            return (_since, [.. taken.Select(key => KeyValuePair.Create(key, _entries[key]))]);
        }
    }

    /// <summary>Has everything taken once more.</summary>
    public void AllChanged()
    {
        lock (_lock)
        {
            _changed.UnionWith(_entries.Keys);
        }
    }

    /// <summary>Begins a new day where one is over.</summary>
    private void Turn()
    {
        var now = _time.GetUtcNow();
        if (now.UtcDateTime.Date != _since.UtcDateTime.Date)
        {
            _entries.Clear();
            _changed.Clear();
            _since = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        }
    }
}
