using System.Net;
using System.Net.Sockets;
using Lyceum.ServiceDefaults.Discovery;
using Microsoft.Extensions.Options;

namespace Lyceum.ModelHost.Nodes;

/// <summary>Finds the addresses of a host; <see cref="Dns.GetHostAddressesAsync(string, CancellationToken)"/>.</summary>
internal delegate Task<IPAddress[]> HostLookup(string host, CancellationToken cancellationToken);

/// <summary>
/// Keeps the nodes that DNS names: each address of the name is one, as with a headless service of Kubernetes. A name that is not there has
/// none; a look-up that fails otherwise says nothing, and the nodes stay.
/// </summary>
internal sealed partial class NodeDiscovery(
    IOptions<NodesOptions> options, ServiceEndpoints endpoints, NodeFleet fleet, HostLookup lookup, TimeProvider time, ILogger<NodeDiscovery> logger) : BackgroundService
{
    private const int MaxNodes = 256;
    private static readonly TimeSpan LookupLimit = TimeSpan.FromSeconds(5);

    private readonly (NodeSettings Entry, Uri Address)[] _names = [.. options.Value.Nodes
        .Where(entry => entry.Dns && !string.IsNullOrWhiteSpace(entry.Url))
        .SelectMany(entry => NodeAddresses.Of(entry, endpoints).Take(1).Select(address => (entry, address)))];

    /// <summary>The first look-up is over before the first request is taken.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (_names.Length == 0)
        {
            return;
        }

        using var timer = new PeriodicTimer(options.Value.Limits.Dns, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (await LookAsync(stoppingToken))
            {
                await fleet.RefreshAsync(away: true, force: true, stoppingToken);
            }
        }
    }

    private async Task<bool> LookAsync(CancellationToken cancellationToken)
    {
        var changed = false;
        foreach (var (entry, address) in _names)
        {
            changed |= await FindAsync(address, cancellationToken) is { } found && fleet.Update(entry, found);
        }

        return changed;
    }

    /// <summary>The nodes behind the name; null when nobody could tell.</summary>
    private async Task<Uri[]?> FindAsync(Uri address, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(LookupLimit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var found = await lookup(address.DnsSafeHost, either.Token).WaitAsync(either.Token);
            return [.. found.Take(MaxNodes).Select(ip => At(address, ip))];
        }
        catch (SocketException unknown) when (unknown.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            return [];
        }
        catch (Exception failure) when (failure is SocketException || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            LogFailed(logger, address.DnsSafeHost, failure.Message);
            return null;
        }
    }

    private static Uri At(Uri address, IPAddress ip) =>
        new UriBuilder(address) { Host = ip.AddressFamily is AddressFamily.InterNetworkV6 ? $"[{ip}]" : ip.ToString() }.Uri;

    [LoggerMessage(Level = LogLevel.Warning, Message = "DNS does not tell the nodes of {Host}, those known stay: {Reason}")]
    private static partial void LogFailed(ILogger logger, string host, string reason);
}
