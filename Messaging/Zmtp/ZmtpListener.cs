using System.Net;
using System.Net.Sockets;

namespace Lyceum.Messaging;

/// <summary>Accepts connections at one endpoint, shakes hands with each on its own, and serves them until disposed.</summary>
internal sealed class ZmtpListener : IAsyncDisposable
{
    private readonly Socket _socket;
    private readonly SocketType _type;
    private readonly ZmtpOptions _options;
    private readonly Func<ZmtpConnection, CancellationToken, Task> _serve;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Task> _serving = [];
    private readonly Task _accepting;

    public ZmtpListener(string endpoint, SocketType type, ZmtpOptions options, Func<ZmtpConnection, CancellationToken, Task> serve)
    {
        EndPoint local = Messaging.Endpoint.Parse(endpoint);
        _type = type;
        _options = options;
        _serve = serve;
        _socket = Messaging.Endpoint.CreateSocket(local);
        try
        {
            RemoveStale(local);
            _socket.Bind(local);
            _socket.Listen(128);
        }
        catch (SocketException exception)
        {
            _socket.Dispose();
            throw new ZmtpException(ZmtpError.Unreachable, $"Cannot listen at {endpoint}: {exception.Message}", exception);
        }

        Endpoint = Messaging.Endpoint.Format(_socket.LocalEndPoint!);
        _accepting = AcceptLoopAsync();
    }

    /// <summary>Where this listens, with the port that the operating system chose if that was left open.</summary>
    public string Endpoint { get; }

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        _socket.Dispose();
        await _accepting;
        Task[] serving;
        lock (_gate)
        {
            serving = [.. _serving];
        }

        await Task.WhenAll(serving);
        _stop.Dispose();
    }

    /// <summary>Removes the file of a socket that nobody listens at any more.</summary>
    private static void RemoveStale(EndPoint local)
    {
        if (local is not UnixDomainSocketEndPoint || !File.Exists(local.ToString()))
        {
            return;
        }

        using Socket probe = Messaging.Endpoint.CreateSocket(local);
        try
        {
            probe.Connect(local);
        }
        catch (SocketException exception) when (exception.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(local.ToString()!);
        }
    }

    private async Task AcceptLoopAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                Start(await _socket.AcceptAsync(_stop.Token));
            }
            catch (SocketException) when (!_stop.IsCancellationRequested)
            {
                // A peer that went away while it was being accepted, or no file descriptors left: the next one may do.
                await Task.Delay(TimeSpan.FromMilliseconds(10), _options.TimeProvider, CancellationToken.None);
            }
            catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private void Start(Socket socket)
    {
        lock (_gate)
        {
            if (_serving.Count >= _options.MaxConnections)
            {
                socket.Dispose();
                return;
            }

            Task task = ServeAsync(socket);
            if (!task.IsCompleted)
            {
                _serving.Add(task);
                _ = task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }
        }
    }

    private void Forget(Task task)
    {
        lock (_gate)
        {
            _serving.Remove(task);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            ZmtpConnection connection = await ZmtpConnection.OpenAsync(socket, _type, default, _options, _stop.Token);
            await using (connection)
            {
                await _serve(connection, _stop.Token);
            }
        }
        catch (Exception exception) when (exception is ZmtpException or OperationCanceledException or SocketException)
        {
            // One peer's failure is that peer's matter: the socket goes on with the others.
        }
    }
}
