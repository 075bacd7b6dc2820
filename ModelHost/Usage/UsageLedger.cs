using Lyceum.ModelHost.Forwarding;

namespace Lyceum.ModelHost.Usage;

/// <summary>Counts today's tokens, in this process. Ended requests are counted, running ones are not.</summary>
internal sealed class UsageLedger
{
    // More than a day of a large institution.
    private const int MaxEntries = 200_000;
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Dictionary<(string Course, string User, string Model, string Node), Count> _entries = [];
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
            var key = (course, user, model, node);
            if (!_entries.TryGetValue(key, out var count) && _entries.Count < MaxEntries)
            {
                count = _entries[key] = new Count();
            }

            count?.Add(figures);
        }
    }

    /// <param name="isVisible">Which entries the caller may see, by course and user.</param>
    /// <param name="showNodes">Whether nodes are named.</param>
    public (DateTimeOffset Since, IReadOnlyList<UsageEntry> Entries) Read(Func<string, string, bool> isVisible, bool showNodes)
    {
        lock (_lock)
        {
            Turn();
            return (_since, [.. _entries
                .Where(pair => isVisible(pair.Key.Course, pair.Key.User))
                .GroupBy(pair => (pair.Key.Course, pair.Key.User, pair.Key.Model, Node: showNodes ? pair.Key.Node : null))
                .Select(group => new UsageEntry(group.Key.Course, group.Key.User, group.Key.Model, group.Key.Node,
                    group.Sum(pair => pair.Value.Requests), group.Sum(pair => pair.Value.Input), group.Sum(pair => pair.Value.Output)))
                .OrderByDescending(entry => entry.InputTokens + entry.OutputTokens)]);
        }
    }

    /// <summary>Begins a new day where one is over.</summary>
    private void Turn()
    {
        var now = _time.GetUtcNow();
        if (now.UtcDateTime.Date != _since.UtcDateTime.Date)
        {
            _entries.Clear();
            _since = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        }
    }

    private sealed class Count
    {
        public long Requests { get; private set; }

        public long Input { get; private set; }

        public long Output { get; private set; }

        public void Add(TokenFigures figures)
        {
            Requests++;
            Input += figures.InputTokens ?? 0;
            Output += figures.OutputTokens ?? 0;
        }
    }
}
