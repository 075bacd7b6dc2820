using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lyceum.Messaging;

/// <summary>Turns <c>tcp://127.0.0.1:5555</c> and <c>ipc:///path/of/socket</c> into what the operating system understands.</summary>
internal static class Endpoint
{
    private const string Tcp = "tcp://";
    private const string Ipc = "ipc://";

    public static async ValueTask<EndPoint> ResolveAsync(string endpoint, CancellationToken cancellationToken)
    {
        (string host, int port)? tcp = SplitTcp(endpoint);
        if (tcp is not var (host, port))
        {
            return Parse(endpoint);
        }

        if (IPAddress.TryParse(host, out IPAddress? address))
        {
            return new IPEndPoint(address, port);
        }

        IPAddress[] found = await Dns.GetHostAddressesAsync(host, cancellationToken);
        return found.Length > 0
            ? new IPEndPoint(found[0], port)
            : throw new ZmtpException(ZmtpError.Unreachable, $"The host of '{endpoint}' has no address.");
    }

    public static EndPoint Parse(string endpoint)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        if (endpoint.StartsWith(Ipc, StringComparison.Ordinal) && endpoint.Length > Ipc.Length)
        {
            return new UnixDomainSocketEndPoint(endpoint[Ipc.Length..]);
        }

        if (SplitTcp(endpoint) is not var (host, port))
        {
            throw new ArgumentException($"'{endpoint}' is not an endpoint; write tcp://address:port or ipc://path.", nameof(endpoint));
        }

        IPAddress address = host switch
        {
            "*" => IPAddress.Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host, out IPAddress? parsed)
                ? parsed
                : throw new ArgumentException($"'{endpoint}' must name an IP address.", nameof(endpoint)),
        };
        return new IPEndPoint(address, port);
    }

    public static string Format(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint ip => Tcp + ip,
        _ => Ipc + endpoint,
    };

    public static Socket CreateSocket(EndPoint endpoint)
    {
        if (endpoint is not IPEndPoint)
        {
            return new Socket(AddressFamily.Unix, SocketType_Stream, ProtocolType.Unspecified);
        }

        return new Socket(endpoint.AddressFamily, SocketType_Stream, ProtocolType.Tcp);
    }

    public static void Tune(Socket socket)
    {
        if (socket.ProtocolType == ProtocolType.Tcp)
        {
            // With Nagle's algorithm on, a small message waits for the peer's delayed acknowledgement: 40 ms a round trip.
            socket.NoDelay = true;
            socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        }
    }

    private const System.Net.Sockets.SocketType SocketType_Stream = System.Net.Sockets.SocketType.Stream;

    private static (string Host, int Port)? SplitTcp(string endpoint)
    {
        if (!endpoint.StartsWith(Tcp, StringComparison.Ordinal))
        {
            return null;
        }

        int colon = endpoint.LastIndexOf(':');
        ReadOnlySpan<char> host = colon > Tcp.Length ? endpoint.AsSpan(Tcp.Length, colon - Tcp.Length) : [];
        return !host.IsEmpty
            && int.TryParse(endpoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            && port <= IPEndPoint.MaxPort
                ? (host.Trim("[]").ToString(), port)
                : null;
    }
}
