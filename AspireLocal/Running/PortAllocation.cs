using System.Net;
using System.Net.Sockets;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Lyceum.AspireLocal.Running;

/// <summary>Gives out the ports of all resources before any of them starts.</summary>
internal sealed class PortAllocation : IDisposable
{
    // Kept open until every port is given out, so that none is given out twice.
    private readonly List<TcpListener> _held = [];

    public static int AnyFree()
    {
        using var allocation = new PortAllocation();
        return allocation.Free();
    }

    public int For(IResource resource, EndpointAnnotation endpoint)
    {
        var port = endpoint.Port ?? Free();
        if (endpoint.Port is not null)
        {
            Claim(port, $"Endpoint '{endpoint.Name}' of '{resource.Name}'", "configure another port for it");
        }

        endpoint.AllocatedEndpoint = new AllocatedEndpoint(endpoint, "localhost", port);
        return port;
    }

    public int Free()
    {
        return Hold(IPAddress.Loopback, 0);
    }

    public void Claim(int port, string who, string otherwise)
    {
        foreach (var address in new[] { IPAddress.Loopback, IPAddress.IPv6Loopback })
        {
            try
            {
                Hold(address, port);
            }
            catch (SocketException exception) when (exception.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                throw new DistributedApplicationException(
                    $"{who} needs port {port}, which another program uses. Stop that program, or {otherwise}.", exception);
            }
            catch (SocketException exception) when (exception.SocketErrorCode
                is SocketError.AddressNotAvailable or SocketError.AddressFamilyNotSupported)
            {
                // A machine without IPv6 has no such loopback.
            }
        }
    }

    private int Hold(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        _held.Add(listener);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        foreach (var listener in _held)
        {
            listener.Dispose();
        }
    }
}
