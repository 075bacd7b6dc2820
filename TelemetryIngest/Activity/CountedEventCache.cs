using Microsoft.Extensions.Options;

namespace Lyceum.TelemetryIngest.Activity;

/// <summary>
/// Learners' counted events as they were read last. The database says with each learner whether there are others by now, so what is
/// found here is never old, and a class view reads the events of those who did something since the last one.
/// </summary>
internal sealed class CountedEventCache(IOptions<ActivityOptions> options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Course, string Learner), Entry> _entries = [];
    private int _count;

    /// <summary>The events since then, newest first; null when they have to be read.</summary>
    public IReadOnlyList<CountedEvent>? Find(string course, string learner, long changes, DateTimeOffset since)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue((course, learner), out var entry) || entry.Changes != changes || entry.Since > since)
            {
                return null;
            }

            entry.UsedAt = time.GetTimestamp();
            var events = entry.Events;
            return events.Count == 0 || events[^1].Time >= since ? events : [.. events.TakeWhile(one => one.Time >= since)];
        }
    }

    /// <summary>Keeps what was read, newest first, and answers it.</summary>
    public IReadOnlyList<CountedEvent> Keep(string course, string learner, long changes, DateTimeOffset since, List<CountedEvent> events)
    {
        lock (_gate)
        {
            Remove((course, learner));
            _entries.Add((course, learner), new Entry(changes, since, events) { UsedAt = time.GetTimestamp() });
            _count += Cost(events);
            if (_count > options.Value.MaxEventsKept)
            {
                Shrink();
            }
        }

        return events;
    }

    /// <summary>A learner without events is kept, too.</summary>
    private static int Cost(List<CountedEvent> events) => events.Count + 1;

    private void Remove((string, string) key)
    {
        if (_entries.Remove(key, out var old))
        {
            _count -= Cost(old.Events);
        }
    }

    /// <summary>Drops what was not used for longest until there is room for half as much again.</summary>
    private void Shrink()
    {
        foreach (var key in _entries.OrderBy(entry => entry.Value.UsedAt).Select(entry => entry.Key).ToList())
        {
            if (_count <= options.Value.MaxEventsKept / 2)
            {
                return;
            }

            Remove(key);
        }
    }

    private sealed record Entry(long Changes, DateTimeOffset Since, List<CountedEvent> Events)
    {
        public long UsedAt { get; set; }
    }
}
