using System.Net.Sockets;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A place where a resource listens.</summary>
public sealed class EndpointAnnotation : IResourceAnnotation
{
    private string? _transport;

    /// <summary>Describes an endpoint.</summary>
    /// <param name="protocol">TCP or UDP.</param>
    /// <param name="uriScheme">The scheme of its address; the protocol where there is none.</param>
    /// <param name="transport">The transport of a manifest; follows from the scheme where there is none.</param>
    /// <param name="name">The name; the scheme where there is none.</param>
    /// <param name="port">The port that callers use; a free one where there is none.</param>
    /// <param name="targetPort">The port that the process listens on.</param>
    /// <param name="isExternal">Whether callers from outside may reach it.</param>
    /// <param name="isProxied">Whether something may stand between caller and process.</param>
    public EndpointAnnotation(
        ProtocolType protocol,
        string? uriScheme = null,
        string? transport = null,
        string? name = null,
        int? port = null,
        int? targetPort = null,
        bool? isExternal = null,
        bool isProxied = true)
    {
        Protocol = protocol;
        UriScheme = uriScheme ?? ProtocolName;
        Name = name ?? UriScheme;
        Port = port;
        TargetPort = targetPort;
        IsExternal = isExternal ?? false;
        IsProxied = isProxied;
        _transport = transport;
    }

    /// <summary>The name, unique within the resource.</summary>
    public string Name { get; set; }

    /// <summary>TCP or UDP.</summary>
    public ProtocolType Protocol { get; set; }

    /// <summary>The port that callers use.</summary>
    public int? Port { get; set; }

    /// <summary>The port that the process listens on.</summary>
    public int? TargetPort { get; set; }

    /// <summary>The scheme of the address.</summary>
    public string UriScheme { get; set; }

    /// <summary>The name or address that the process binds to.</summary>
    public string TargetHost { get; set; } = "localhost";

    /// <summary>The transport of a manifest.</summary>
    public string Transport
    {
        get => _transport ?? (UriScheme is "http" or "https" ? "http" : ProtocolName);
        set => _transport = value;
    }

    /// <summary>Whether callers from outside may reach it.</summary>
    public bool IsExternal { get; set; }

    /// <summary>Whether something may stand between caller and process.</summary>
    public bool IsProxied { get; set; }

    /// <summary>The address, once ports have been given out.</summary>
    public AllocatedEndpoint? AllocatedEndpoint { get; set; }

    internal string ProtocolName => Protocol == ProtocolType.Udp ? "udp" : "tcp";
}

/// <summary>The address of an endpoint while the application runs.</summary>
/// <param name="endpoint">What was asked for.</param>
/// <param name="address">The host name.</param>
/// <param name="port">The port that callers use.</param>
public sealed class AllocatedEndpoint(EndpointAnnotation endpoint, string address, int port)
{
    /// <summary>The host name.</summary>
    public string Address { get; } = address;

    /// <summary>The port that callers use.</summary>
    public int Port { get; } = port;

    /// <summary>The address as a URI.</summary>
    public string UriString => $"{endpoint.UriScheme}://{Address}:{Port}";
}
