using System.Net.Sockets;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>Bounds a wait for a node and ends it when the client goes; tells afterwards which it was.</summary>
internal sealed class WaitLimit : IDisposable
{
    private readonly CancellationTokenSource _source;
    private readonly CancellationTokenRegistration _registration;
    private readonly CancellationToken _clientGone;
    private readonly TimeSpan _idle;
    private readonly TimeProvider _time;
    private long? _restarted;

    public WaitLimit(TimeSpan first, TimeSpan idle, TimeProvider time, CancellationToken clientGone)
    {
        _idle = idle;
        _time = time;
        _clientGone = clientGone;
        _source = new CancellationTokenSource(first, time);
        _registration = _clientGone.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _source);
    }

    public CancellationToken Token => _source.Token;

    /// <summary>Starts the wait for the next piece.</summary>
    public void Restart()
    {
        // To set a timer for each token would cost more than its last eighth is worth.
        if (_restarted is not { } before || _time.GetElapsedTime(before) > _idle / 8)
        {
            _restarted = _time.GetTimestamp();
            _source.CancelAfter(_idle);
        }
    }

    /// <summary>Stops the clock until the next <see cref="Restart"/>.</summary>
    public void Pause()
    {
        _restarted = null;
        _source.CancelAfter(Timeout.InfiniteTimeSpan);
    }

    /// <summary>The failure of the node behind an exception; none when it was not the node's.</summary>
    public NodeFailure Explains(Exception exception) => exception switch
    {
        _ when _clientGone.IsCancellationRequested => NodeFailure.None,
        OperationCanceledException => _source.IsCancellationRequested ? NodeFailure.TimedOut : NodeFailure.Unreachable,
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => NodeFailure.Unreachable,
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => NodeFailure.Unreachable,
        HttpRequestException or IOException => NodeFailure.Broken,
        _ => NodeFailure.None,
    };

    public void Dispose()
    {
        _registration.Dispose();
        _source.Dispose();
    }
}
