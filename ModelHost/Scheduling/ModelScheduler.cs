using Lyceum.ModelHost.Nodes;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Scheduling;

/// <summary>
/// Gives requests their places on nodes. All of its state changes under one lock and nothing waits in it, so that each request
/// that ends, node that comes back and pause that is over decides at once who is next.
/// </summary>
internal sealed class ModelScheduler : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Func<IReadOnlyList<ModelNode>> _nodes;
    private readonly SchedulingOptions _options;
    private readonly FairQueue _queue;
    private readonly ConversationNodes _conversations = new();
    private readonly ITimer _pauseOver;
    private long _number;
    private int _turn;

    public ModelScheduler(NodeFleet fleet, IOptions<SchedulingOptions> options, TimeProvider time)
        : this(() => fleet.Nodes, options.Value, time)
    {
        fleet.Probed += Told;
        fleet.Changed += Advance;
    }

    internal ModelScheduler(IReadOnlyList<ModelNode> nodes, SchedulingOptions options, TimeProvider time)
        : this(() => nodes, options, time)
    {
    }

    private ModelScheduler(Func<IReadOnlyList<ModelNode>> nodes, SchedulingOptions options, TimeProvider time)
    {
        _nodes = nodes;
        Time = time;
        _options = options;
        _queue = new FairQueue(options, time);
        _pauseOver = time.CreateTimer(_ => Advance(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public TimeProvider Time { get; }

    public IReadOnlyList<ModelNode> Nodes => _nodes();

    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _queue.Count;
            }
        }
    }

    /// <summary>Reads what nodes do while nothing changes.</summary>
    public T Look<T>(Func<T> read)
    {
        lock (_lock)
        {
            return read();
        }
    }

    /// <summary>Asks for a place. The result has its turn already where one is free, and waits otherwise.</summary>
    /// <param name="request">What is to run.</param>
    /// <param name="avoided">Nodes that have failed it.</param>
    /// <param name="deadline">How long it may wait at most, where it says so.</param>
    public QueueEntry Enter(RunRequest request, IReadOnlyCollection<ModelNode> avoided, TimeSpan? deadline = null)
    {
        var longest = request.IsBatch ? _options.MaxBatchWait : _options.MaxWait;
        lock (_lock)
        {
            var entry = new QueueEntry(this, request, avoided, ++_number, Time.GetTimestamp(), deadline < longest ? deadline.Value : longest);
            if (request.IsLookup)
            {
                LookUp(entry);
                return entry;
            }

            _queue.Enter(request);
            // Whoever waits for the same nodes comes first; a place that nobody else can use is taken at once.
            if (!_queue.TryAdd(entry))
            {
                if (_queue.Count > 0 || !TryPlace(entry))
                {
                    Settle(entry, Turn.Refused(Refusal.Full));
                }

                return entry;
            }

            Dispatch();
            return entry;
        }
    }

    /// <summary>Whether so many wait for the model that a smaller one may stand in, or nobody takes requests for it.</summary>
    public bool IsUnderPressure(string model)
    {
        lock (_lock)
        {
            return _queue.WaitingFor(model) >= _options.FallbackAt || Able(model, []).Count == 0;
        }
    }

    /// <summary>Whether a node that is not among these may run the model.</summary>
    public bool IsAble(string model, IReadOnlyCollection<ModelNode> avoided)
    {
        lock (_lock)
        {
            return Able(model, avoided).Count > 0;
        }
    }

    internal int PositionOf(QueueEntry entry)
    {
        lock (_lock)
        {
            return _queue.InOrder().TakeWhile(other => other != entry).Count() is var ahead && entry.IsWaiting ? ahead + 1 : 0;
        }
    }

    internal void Refuse(QueueEntry entry, Refusal refusal)
    {
        lock (_lock)
        {
            if (_queue.Remove(entry))
            {
                Settle(entry, Turn.Refused(refusal));
            }
        }
    }

    internal void Leave(QueueEntry entry)
    {
        lock (_lock)
        {
            if (_queue.Remove(entry))
            {
                Settle(entry, Turn.Refused(Refusal.Late));
            }
        }

        entry.Given?.Dispose();
    }

    internal void Began(NodeSlot slot, bool wasLoading)
    {
        lock (_lock)
        {
            slot.Node.Work.IsLoaded(slot.Request, wasLoading, Time.GetTimestamp());
            if (slot.Request.Conversation is { } conversation)
            {
                _conversations.Remember(conversation, slot.Node);
            }

            if (wasLoading)
            {
                Dispatch();
            }
        }
    }

    internal void Ended(NodeSlot slot, bool stillLoading)
    {
        lock (_lock)
        {
            slot.Node.Work.Ended(slot.Request, stillLoading);
            _queue.Charge(slot.Request, (slot.Tokens ?? slot.Request.Tokens) - slot.Request.Tokens);
            _queue.Leave(slot.Request);
            Dispatch();
        }
    }

    /// <summary>Something has changed that the scheduler was not told of: a pause is over, a node came back.</summary>
    internal void Advance()
    {
        lock (_lock)
        {
            Dispatch();
        }
    }

    public void Dispose() => _pauseOver.Dispose();

    private void Told(ModelNode node, IReadOnlyCollection<string>? loaded, long asked)
    {
        lock (_lock)
        {
            if (loaded is not null)
            {
                node.Work.Told(loaded, asked);
            }

            Dispatch();
        }
    }

    private void LookUp(QueueEntry entry)
    {
#pragma warning disable CA2000 // The entry disposes it.
        entry.Give(Able(entry.Request.Model, entry.Avoided) is [var node, ..]
            ? Turn.On(new NodeSlot(this, entry.Request, node, isCold: false))
            : Turn.Refused(Refusal.NoNode));
#pragma warning restore CA2000
    }

    /// <summary>Gives places away until nobody who waits can have one.</summary>
    private void Dispatch()
    {
        while (_queue.Count > 0 && _queue.InOrder().FirstOrDefault(Settles) is { } entry)
        {
            _queue.Remove(entry);
        }

        if (_queue.Count > 0 && Nodes.Where(node => node.Breaker.State == BreakerState.Open).Select(node => node.Breaker.Reopens).DefaultIfEmpty().Min() is var pause && pause > TimeSpan.Zero)
        {
            _pauseOver.Change(pause, Timeout.InfiniteTimeSpan);
        }
    }

    private bool Settles(QueueEntry entry)
    {
        if (Able(entry.Request.Model, entry.Avoided).Count == 0)
        {
            Settle(entry, Turn.Refused(Refusal.NoNode));
            return true;
        }

        return TryPlace(entry);
    }

    private bool TryPlace(QueueEntry entry)
    {
        var able = Able(entry.Request.Model, entry.Avoided);
        if (able.Count == 0 || NodePlacement.Choose(entry.Request, able, _conversations.Of(entry.Request.Conversation), _turn) is not { } place)
        {
            return false;
        }

        var (node, isCold) = place;
        _turn = (_turn + 1) % (1 << 20);
        node.Work.Began(entry.Request, isCold);
        _queue.Charge(entry.Request, entry.Request.Tokens);
#pragma warning disable CA2000 // The entry disposes it.
        entry.Give(Turn.On(new NodeSlot(this, entry.Request, node, isCold)));
#pragma warning restore CA2000
        return true;
    }

    private void Settle(QueueEntry entry, Turn refused)
    {
        if (entry.Give(refused))
        {
            _queue.Leave(entry.Request);
        }
    }

    private List<ModelNode> Able(string model, IReadOnlyCollection<ModelNode> avoided) =>
        [.. Nodes.Where(node => node.Healthy && !node.IsDraining && node.Breaker.State != BreakerState.Open && node.Has(model) && !avoided.Contains(node))];
}
