using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Lyceum.TelemetryIngest.Live;

/// <summary>
/// What one client has not been sent yet. News of the same learner replace one another, so a slow client gets fewer and later
/// events and never holds more than one class view.
/// </summary>
internal sealed class Subscription(TimeSpan heartbeat, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, string> _learners = [];
    private string? _activity;
    private string? _summary;
    private bool _isDerived;

    /// <summary>Completes once there is a first snapshot; fails when the database does not answer.</summary>
    public Task Ready => _first.Task;

    /// <summary>Everything anew; what waited is part of it.</summary>
    public void Replace(string snapshot)
    {
        lock (_gate)
        {
            _learners.Clear();
            _summary = null;
            _activity = snapshot;
        }

        _first.TrySetResult();
        _signal.Writer.TryWrite(true);
    }

    /// <summary>A learner's new row.</summary>
    public void Update(string learner, string row)
    {
        lock (_gate)
        {
            _learners[learner] = row;
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>A new summary.</summary>
    public void Update(string newSummary)
    {
        lock (_gate)
        {
            _summary = newSummary;
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>What is derived of the events is up to date, and may be asked for again.</summary>
    public void Derived()
    {
        lock (_gate)
        {
            _isDerived = true;
        }

        _signal.Writer.TryWrite(true);
    }

    /// <summary>There will be no first snapshot.</summary>
    public void Fail(Exception reason) => _first.TrySetException(reason);

    /// <summary>What is sent, until the client goes.</summary>
    public async IAsyncEnumerable<SseItem<string>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var news = _signal.Reader.ReadAsync(cancellationToken).AsTask();
        while (true)
        {
            using (var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken))
            {
                await Task.WhenAny(news, Task.Delay(heartbeat, time, silence.Token));
                await silence.CancelAsync();
            }

            cancellationToken.ThrowIfCancellationRequested();
            if (!news.IsCompleted)
            {
                yield return new SseItem<string>("", "heartbeat");
                continue;
            }

            news = _signal.Reader.ReadAsync(cancellationToken).AsTask();
            foreach (var item in Take())
            {
                yield return item;
            }
        }
    }

    private List<SseItem<string>> Take()
    {
        lock (_gate)
        {
            List<SseItem<string>> items = [];
            if (_activity is not null)
            {
                items.Add(new SseItem<string>(_activity, "activity"));
            }

            items.AddRange(_learners.Values.Select(row => new SseItem<string>(row, "learner")));
            if (_summary is not null)
            {
                items.Add(new SseItem<string>(_summary, "summary"));
            }

            if (_isDerived)
            {
                items.Add(new SseItem<string>("{}", "derived"));
            }

            _learners.Clear();
            _activity = _summary = null;
            _isDerived = false;
            return items;
        }
    }
}
