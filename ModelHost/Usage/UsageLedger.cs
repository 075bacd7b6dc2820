using Lyceum.ModelHost.Forwarding;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Usage;

/// <summary>Counts today's tokens, in this process, and says who has used up what. Ended requests are counted, running ones are not.</summary>
internal sealed class UsageLedger
{
    // More than a day of a large institution; whatever comes on top is still counted against quotas of those already known.
    private const int MaxEntries = 200_000;
    private readonly Lock _lock = new();
    private readonly QuotaOptions _quotas;
    private readonly TimeProvider _time;
    private readonly Dictionary<(string Course, string User, string Model, string Node), Count> _entries = [];
    private readonly Dictionary<string, long> _userDay = [];
    private readonly Dictionary<string, long> _courseDay = [];
    private readonly Dictionary<string, long> _userMinute = [];
    private DateTimeOffset _since;
    private DateTimeOffset _minute;

    public UsageLedger(IOptions<QuotaOptions> quotas, TimeProvider time)
    {
        _quotas = quotas.Value;
        _time = time;
        _since = _minute = time.GetUtcNow();
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
            var tokens = (long)(figures.InputTokens ?? 0) + (figures.OutputTokens ?? 0);
            AddTo(_userDay, user, tokens);
            AddTo(_courseDay, course, tokens);
            AddTo(_userMinute, user, tokens);
        }
    }

    /// <summary>The quotas that hold for the user, with what is used of each.</summary>
    public IReadOnlyList<QuotaState> QuotasOf(string course, string user)
    {
        lock (_lock)
        {
            Turn();
            var tomorrow = new DateTimeOffset(_time.GetUtcNow().UtcDateTime.Date.AddDays(1), TimeSpan.Zero);
            QuotaState[] all =
            [
                new("user_minute", _quotas.UserTokensPerMinute, _userMinute.GetValueOrDefault(user), _minute.AddMinutes(1)),
                new("user_day", _quotas.UserTokensPerDay, _userDay.GetValueOrDefault(user), tomorrow),
                new("course_day", _quotas.CourseTokensPerDay, _courseDay.GetValueOrDefault(course), tomorrow),
            ];
            return [.. all.Where(quota => quota.Limit > 0)];
        }
    }

    /// <summary>The quota that keeps the user from asking now, of several the one that lasts longest; null when none does.</summary>
    public QuotaState? ExhaustedFor(string course, string user) =>
        QuotasOf(course, user).Where(quota => quota.Used >= quota.Limit).MaxBy(quota => quota.ResetsAt);

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

    /// <summary>Begins a new minute or day where one is over.</summary>
    private void Turn()
    {
        var now = _time.GetUtcNow();
        if (now.UtcDateTime.Date != _since.UtcDateTime.Date)
        {
            _entries.Clear();
            _userDay.Clear();
            _courseDay.Clear();
            _since = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);
        }

        if (now - _minute >= TimeSpan.FromMinutes(1))
        {
            _userMinute.Clear();
            _minute = now;
        }
    }

    private static void AddTo(Dictionary<string, long> counts, string name, long tokens)
    {
        if (counts.Count < MaxEntries || counts.ContainsKey(name))
        {
            counts[name] = counts.GetValueOrDefault(name) + tokens;
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
