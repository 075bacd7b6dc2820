using Lyceum.ModelHost.Forwarding;
using Polly;
using Polly.CircuitBreaker;

namespace Lyceum.ModelHost.Scheduling;

/// <summary>Whether a node is given requests.</summary>
internal enum BreakerState
{
    /// <summary>It is.</summary>
    Closed,

    /// <summary>It has failed, and is given one request to see whether it still does.</summary>
    MayTry,

    /// <summary>That one request is under way.</summary>
    Trying,

    /// <summary>It is not.</summary>
    Open,
}

/// <summary>
/// Keeps requests from a node that fails, however fast it does. Errors that are the node's count (5xx, 429, broken and late answers),
/// those that are the client's do not. The pause grows from 5 s to a minute while it goes on failing.
/// </summary>
internal sealed class NodeBreaker
{
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);
    private readonly CircuitBreakerStateProvider _circuit = new();
    private readonly ResiliencePipeline<NodeFailure> _pipeline;
    private readonly TimeProvider _time;
    private long _openedAt;
    private TimeSpan _pause;

    public NodeBreaker(TimeProvider time)
    {
        _time = time;
        _pipeline = new ResiliencePipelineBuilder<NodeFailure> { TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<NodeFailure>
            {
                FailureRatio = 0.5,
                MinimumThroughput = 4,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDurationGenerator = static args => ValueTask.FromResult(Pause(args.HalfOpenAttempts)),
                StateProvider = _circuit,
                ShouldHandle = static args => ValueTask.FromResult(args.Outcome.Result is not NodeFailure.None),
                OnOpened = args =>
                {
                    (_openedAt, _pause) = (_time.GetTimestamp(), args.BreakDuration);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }

    public BreakerState State => _circuit.CircuitState switch
    {
        CircuitState.Closed => BreakerState.Closed,
        CircuitState.HalfOpen => BreakerState.Trying,
        CircuitState.Open when Reopens <= TimeSpan.Zero => BreakerState.MayTry,
        _ => BreakerState.Open,
    };

    /// <summary>How long until an open breaker lets a request try.</summary>
    public TimeSpan Reopens => _pause - _time.GetElapsedTime(_openedAt);

    /// <summary>Runs the part of a request that shows whether the node works; refused while it is open.</summary>
    public async ValueTask<NodeFailure> RunAsync<TState>(Func<TState, ValueTask<NodeFailure>> attempt, TState state)
    {
        var context = ResilienceContextPool.Shared.Get(CancellationToken.None);
        try
        {
            return await _pipeline.ExecuteAsync(static (_, pair) => pair.attempt(pair.state), context, (attempt, state));
        }
        catch (BrokenCircuitException)
        {
            return NodeFailure.Refused;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>A node that broke off in the middle counts as well.</summary>
    public async ValueTask ReportAsync(NodeFailure failure) => await RunAsync(static failure => ValueTask.FromResult(failure), failure);

    private static TimeSpan Pause(int failedTries) => TimeSpan.FromSeconds(Math.Min(MaxPause.TotalSeconds, 5 * Math.Pow(2, failedTries)));
}
