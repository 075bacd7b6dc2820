using System.Net.Sockets;

namespace Lyceum.ModelHost.Forwarding;

/// <summary>Bounds a wait for a node and ends it when the client goes; tells afterwards which it was.</summary>
internal sealed class WaitLimit : IDisposable
{
    private readonly CancellationTokenSource source;
    private readonly CancellationTokenRegistration registration;
    private readonly CancellationToken clientGone;
    private readonly TimeSpan idle;

    public WaitLimit(TimeSpan first, TimeSpan idle, TimeProvider time, CancellationToken clientGone)
    {
        this.idle = idle;
        this.clientGone = clientGone;
        source = new CancellationTokenSource(first, time);
        registration = clientGone.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
    }

    public CancellationToken Token => source.Token;

    /// <summary>Starts the wait for the next piece.</summary>
    public void Restart() => source.CancelAfter(idle);

    /// <summary>The failure of the node behind an exception; none when it was not the node's.</summary>
    public NodeFailure Explains(Exception exception) => exception switch
    {
        _ when clientGone.IsCancellationRequested => NodeFailure.None,
        OperationCanceledException => source.IsCancellationRequested ? NodeFailure.TimedOut : NodeFailure.Unreachable,
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.SecureConnectionError } => NodeFailure.Unreachable,
        HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.ConnectionRefused } } => NodeFailure.Unreachable,
        HttpRequestException or IOException => NodeFailure.Broken,
        _ => NodeFailure.None,
    };

    public void Dispose()
    {
        registration.Dispose();
        source.Dispose();
    }
}
