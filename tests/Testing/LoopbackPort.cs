using System.Net;
using System.Net.Sockets;

namespace Lyceum.Testing;

/// <summary>Ports of 127.0.0.1 for programs that cannot choose one themselves.</summary>
public static class LoopbackPort
{
    /// <summary>A port that nobody listens on just now.</summary>
    public static int Unused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
