using System.Text.Json;
using System.Threading.Channels;
using Lyceum.TelemetryIngest.Activity;
using Npgsql;

namespace Lyceum.TelemetryIngest.Live;

/// <summary>
/// Keeps one class view up to date for everybody who watches it on this replica: reads the learners that changed, not more often
/// than <see cref="LiveOptions.MinInterval"/>, and tells subscribers what is different. The database stays the only truth, so it
/// does not matter which replica took an event.
/// </summary>
internal sealed partial class CourseWatch(
    string course, ActivityWindow window, ActivityReader reader, ActivityOptions activity, LiveOptions options, TimeProvider time, ILogger logger)
{
    private const int MaxChanged = 1000;
    private static readonly TimeSpan SummaryInterval = TimeSpan.FromSeconds(1);

    private readonly ClassView _view = new(course, window, activity);
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Lock _gate = new();
    private HashSet<string> _changed = [];
    private bool _everything = true;

    private readonly Dictionary<string, (LearnerFacts Facts, LearnerActivity Row, string Json)> _learners = [];
    private Dictionary<Guid, FailedExecution> _failures = [];
    private string _summary = "";
    private DateTimeOffset _readAt;
    private DateTimeOffset _summarisedAt;

    public string Course => course;

    public Audience Audience { get; } = new();

    public void Join(Subscription subscription)
    {
        Audience.Join(subscription);
        _signal.Writer.TryWrite(true);
    }

    /// <summary>Something may have changed: about these learners, or about anybody.</summary>
    public void Changed(IReadOnlyCollection<string>? about)
    {
        lock (_gate)
        {
            if (about is null || _changed.Count + about.Count > MaxChanged)
            {
                _everything = true;
            }
            else
            {
                _changed.UnionWith(about);
            }
        }

        _signal.Writer.TryWrite(true);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await RefreshAsync(cancellationToken);
            }
            catch (NpgsqlException failure)
            {
                LogAway(logger, course, failure.Message);
                Changed(null);
                Audience.Fail(failure);
            }
#pragma warning disable CA1031 // Whatever it is, those who watch must not be left for ever with what they saw last.
            catch (Exception bug) when (bug is not OperationCanceledException)
#pragma warning restore CA1031
            {
                LogBroken(logger, bug, course);
                Changed(null);
                Audience.Fail(bug);
            }

            await Task.Delay(options.MinInterval, time, cancellationToken);
            await WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits for news, or for the second in which somebody may have ceased to be active.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(_signal.Reader.WaitToReadAsync(limit.Token).AsTask(), Task.Delay(SummaryInterval, time, limit.Token));
        await limit.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
        _signal.Reader.TryRead(out _);
    }

    private async Task RefreshAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var gone = false;
        if (Take(now) is (var all, { } about) && (all || about.Count > 0))
        {
            var facts = await reader.ReadAsync(course, window, now, all ? null : about, cancellationToken);
            await KnowFailuresAsync(facts, all, cancellationToken);
            gone = all && Forget(facts);
            _readAt = all ? now : _readAt;
            foreach (var one in facts)
            {
                Show(one, now);
            }
        }

        foreach (var (facts, row, _) in _learners.Values.ToList())
        {
            if (facts.At(now, activity) != (row.Active, row.Stuck))
            {
                Show(facts, now);
            }
        }

        Summarise(now);
        Welcome(now, gone);
    }

    private (bool All, HashSet<string> About) Take(DateTimeOffset now)
    {
        lock (_gate)
        {
            var about = _changed;
            var all = _everything || now - _readAt >= options.ReloadInterval;
            _changed = [];
            _everything = false;
            return (all, about);
        }
    }

    private async Task KnowFailuresAsync(List<LearnerFacts> read, bool all, CancellationToken cancellationToken)
    {
        List<LearnerFacts> shown = [.. read];
        if (!all)
        {
            var names = read.Select(facts => facts.Learner).ToHashSet();
            shown.AddRange(_learners.Values.Select(known => known.Facts).Where(facts => !names.Contains(facts.Learner)));
        }

        var needed = ClassView.FailuresOf(shown);
        var more = await reader.FailuresAsync([.. needed.Where(id => !_failures.ContainsKey(id))], cancellationToken);
        _failures = _failures.Concat(more).Where(failure => needed.Contains(failure.Key)).ToDictionary();
    }

    /// <summary>Drops who is no longer seen in the window; whether there was anybody.</summary>
    private bool Forget(List<LearnerFacts> seen)
    {
        var names = seen.Select(facts => facts.Learner).ToHashSet();
        var gone = _learners.Keys.Where(learner => !names.Contains(learner)).ToList();
        gone.ForEach(learner => _learners.Remove(learner));
        return gone.Count > 0;
    }

    private void Show(LearnerFacts facts, DateTimeOffset now)
    {
        var row = _view.Row(facts, _failures, now);
        var json = JsonSerializer.Serialize(row, TelemetryJson.Default.LearnerActivity);
        var known = _learners.GetValueOrDefault(facts.Learner).Json;
        _learners[facts.Learner] = (facts, row, json);
        if (known != json)
        {
            Audience.Tell(subscriber => subscriber.Update(facts.Learner, json));
        }
    }

    private void Summarise(DateTimeOffset now)
    {
        if (now - _summarisedAt < SummaryInterval)
        {
            return;
        }

        var fresh = _view.Summary([.. _learners.Values.Select(known => known.Facts)], _failures, now);
        var content = JsonSerializer.Serialize(fresh with { AsOf = default }, TelemetryJson.Default.ClassSummary);
        if (content != _summary)
        {
            _summary = content;
            _summarisedAt = now;
            var json = JsonSerializer.Serialize(fresh, TelemetryJson.Default.ClassSummary);
            Audience.Tell(subscriber => subscriber.Update(json));
        }
    }

    /// <summary>Sends a whole snapshot to those who have just come, and to all when somebody is no longer in it.</summary>
    private void Welcome(DateTimeOffset now, bool all)
    {
        var welcome = Audience.Seat(all);
        if (welcome.Length > 0)
        {
            var snapshot = JsonSerializer.Serialize(
                _view.Activity([.. _learners.Values.Select(known => known.Facts)], _failures, now), TelemetryJson.Default.ClassActivity);
            Array.ForEach(welcome, subscriber => subscriber.Replace(snapshot));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The live view of {Course} waits, PostgreSQL does not answer: {Reason}")]
    private static partial void LogAway(ILogger logger, string course, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The live view of {Course} could not be refreshed")]
    private static partial void LogBroken(ILogger logger, Exception bug, string course);
}
