using System.Net;
using System.Net.Sockets;

namespace Lyceum.AspireLocal.Running;

/// <summary>Listens on the port that callers use and hands each connection to the next process that takes it.</summary>
internal sealed class ReplicaFront(int port, RunningResource resource)
{
    private const int MaxConnections = 1024;

    private readonly List<Task> _open = [];
    private int _next;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        while (!cancellationToken.IsCancellationRequested)
        {
            _open.RemoveAll(connection => connection.IsCompleted);
            if (_open.Count >= MaxConnections)
            {
                await Task.WhenAny(_open).WaitAsync(cancellationToken);
                continue;
            }

            var client = await listener.AcceptSocketAsync(cancellationToken);
#pragma warning disable CA2025 // CarryAsync itself closes the connection, at its end.
            _open.Add(CarryAsync(client, cancellationToken));
#pragma warning restore CA2025
        }
    }

    private async Task CarryAsync(Socket client, CancellationToken cancellationToken)
    {
        try
        {
            using (client)
            using (var server = await ConnectAsync(cancellationToken))
            {
                if (server is not null)
                {
                    client.NoDelay = true;
                    server.NoDelay = true;
                    await Task.WhenAll(CopyAsync(client, server, cancellationToken), CopyAsync(server, client, cancellationToken));
                }
            }
        }
        catch (Exception exception) when (exception is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side went away, and the other has been told by closing its connection.
        }
    }

    private async Task<Socket?> ConnectAsync(CancellationToken cancellationToken)
    {
        var instances = resource.Instances;
        for (var attempt = 0; attempt < instances.Count; attempt++)
        {
            var instance = instances[(int)((uint)Interlocked.Increment(ref _next) % (uint)instances.Count)];
            if (instance is not { State: ResourceState.Running, Port: { } target })
            {
                continue;
            }

            var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
            try
            {
                await server.ConnectAsync("localhost", target, cancellationToken);
                return server;
            }
            catch (SocketException)
            {
                server.Dispose();
            }
        }

        return null;
    }

    private static async Task CopyAsync(Socket from, Socket to, CancellationToken cancellationToken)
    {
        try
        {
            var buffer = new byte[16 * 1024];
            int read;
            while ((read = await from.ReceiveAsync(buffer, cancellationToken)) > 0)
            {
                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), cancellationToken);
                }
            }

            // Half closed: the other direction may still have something to say.
            to.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // Broken: the other direction, which may be waiting for the other side to speak, must end, too.
            from.Dispose();
            to.Dispose();
            throw;
        }
    }
}
