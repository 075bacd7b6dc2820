using System.Net;
using System.Net.Sockets;

namespace Lyceum.AppHost;

/// <summary>Finds out before anything starts whether a port can be listened on.</summary>
internal static class LoopbackPort
{
    public static void Require(int port, string otherwise)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw new DistributedApplicationException(
                $"Port {port} cannot be listened on ({exception.Message}). Stop what uses it, or {otherwise}.", exception);
        }
    }
}
