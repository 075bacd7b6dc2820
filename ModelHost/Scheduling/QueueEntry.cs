namespace Lyceum.ModelHost.Scheduling;

/// <summary>Why a request does not run.</summary>
internal enum Refusal
{
    /// <summary>The queue is full.</summary>
    Full,

    /// <summary>Its turn did not come in time.</summary>
    Late,

    /// <summary>No node that has the model takes requests, and none is about to.</summary>
    NoNode,
}

/// <summary>A request's turn: a place on a node, or why there is none.</summary>
internal readonly record struct Turn(NodeSlot? Slot, Refusal Refusal)
{
    public static Turn On(NodeSlot slot) => new(slot, default);

    public static Turn Refused(Refusal refusal) => new(null, refusal);
}

/// <summary>A request that has asked for a place on a node. Must be disposed, whatever became of it.</summary>
internal sealed class QueueEntry(ModelScheduler scheduler, RunRequest request, IReadOnlyCollection<Nodes.ModelNode> avoided, long number, long since, TimeSpan patience) : IDisposable
{
    private readonly TaskCompletionSource<Turn> _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public RunRequest Request { get; } = request;

    /// <summary>Nodes that have failed it.</summary>
    public IReadOnlyCollection<Nodes.ModelNode> Avoided { get; } = avoided;

    /// <summary>In which order requests came.</summary>
    public long Number { get; } = number;

    /// <summary>When it came, as a timestamp of the scheduler's clock.</summary>
    public long Since { get; } = since;

    public bool IsWaiting => !_turn.Task.IsCompleted;

    /// <summary>Its place among those who wait, from 1; 0 when it does not wait.</summary>
    public int Position => scheduler.PositionOf(this);

    /// <summary>Waits for the turn.</summary>
    /// <param name="heartbeat">How often <paramref name="stillWaiting"/> is called until then.</param>
    /// <param name="stillWaiting">Tells the client that it is not forgotten.</param>
    /// <param name="cancellationToken">The client is gone.</param>
    public async Task<Turn> WaitAsync(TimeSpan heartbeat, Func<Task> stillWaiting, CancellationToken cancellationToken)
    {
        while (true)
        {
            var left = patience - scheduler.Time.GetElapsedTime(Since);
            if (_turn.Task.IsCompleted)
            {
                return await _turn.Task;
            }

            if (left <= TimeSpan.Zero)
            {
                scheduler.Refuse(this, Refusal.Late);
                return await _turn.Task;
            }

            try
            {
                return await _turn.Task.WaitAsync(left < heartbeat ? left : heartbeat, scheduler.Time, cancellationToken);
            }
            catch (TimeoutException)
            {
                await stillWaiting();
            }
        }
    }

    /// <summary>Leaves the queue, and gives back a place that came too late to be used.</summary>
    public void Dispose() => scheduler.Leave(this);

    /// <summary>Gives the turn; false when it had one already.</summary>
    internal bool Give(Turn turn) => _turn.TrySetResult(turn);

    internal NodeSlot? Given => _turn.Task.IsCompletedSuccessfully ? _turn.Task.Result.Slot : null;
}
