using System.Net;
using System.Net.Sockets;

namespace Lyceum.ChatService.Actions;

/// <summary>Finds the addresses of a name; DNS, unless a test plays one that lies.</summary>
internal interface IHostResolver
{
    Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}

internal sealed class DnsResolver : IHostResolver
{
    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) => Dns.GetHostAddressesAsync(host, cancellationToken);
}

/// <summary>Says at which addresses a host may be connected to. Who connects uses them, and does not ask for the name again.</summary>
internal sealed class OutboundAddresses(IHostResolver resolver)
{
    private const int MaxResponseHeaderKilobytes = 16;

    /// <summary>The host's addresses that may be connected to; at least one.</summary>
    /// <exception cref="PrivateAddressException">There is none.</exception>
    public async Task<IPAddress[]> FindAsync(string host, bool allowPrivate, CancellationToken cancellationToken)
    {
        var found = await resolver.ResolveAsync(host, cancellationToken);
        var allowed = allowPrivate ? found : [.. found.Where(PublicAddresses.Contains)];
        return allowed.Length > 0 ? allowed : throw new PrivateAddressException();
    }

    /// <summary>
    /// Sends requests to what is outside: no redirects, proxies or cookies; and the address that was checked is the one that is
    /// connected to, so a name that resolves differently the second time gains nothing.
    /// </summary>
    /// <param name="allowPrivate">Whether what a request goes to may be at an address of a private network.</param>
    public SocketsHttpHandler CreateHandler(Func<Uri, bool> allowPrivate) => new()
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        // A kept connection would outlive the check of its address.
        PooledConnectionLifetime = TimeSpan.Zero,
        MaxResponseHeadersLength = MaxResponseHeaderKilobytes,
        MaxResponseDrainSize = 0,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context, allowPrivate(context.InitialRequestMessage.RequestUri!), cancellationToken),
        // Identity and trace of the caller stay inside.
        ActivityHeadersPropagator = null,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, bool allowPrivate, CancellationToken cancellationToken)
    {
        var endpoint = context.DnsEndPoint;
        var allowed = await FindAsync(endpoint.Host, allowPrivate, cancellationToken);
#pragma warning disable CA2000 // The stream disposes its socket.
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
#pragma warning restore CA2000
        try
        {
            await socket.ConnectAsync(allowed, endpoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}

/// <summary>A host has addresses of private networks only.</summary>
internal sealed class PrivateAddressException : Exception
{
    public PrivateAddressException()
    {
    }

    public PrivateAddressException(string message)
        : base(message)
    {
    }

    public PrivateAddressException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
