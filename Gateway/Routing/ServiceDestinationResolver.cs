using Lyceum.ServiceDefaults.Discovery;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace Lyceum.Gateway.Routing;

/// <summary>Finds a cluster's addresses in configuration, as our HTTP clients do, and again whenever configuration changes.</summary>
internal sealed class ServiceDestinationResolver(ServiceEndpoints endpoints, IConfiguration configuration) : IDestinationResolver
{
    public ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations, CancellationToken cancellationToken)
    {
        var resolved = destinations
            .SelectMany(named => endpoints.All(new Uri(named.Value.Address).Host)
                .Select((address, index) => KeyValuePair.Create($"{named.Key}/{index}", named.Value with { Address = address.AbsoluteUri })))
            .ToDictionary();
        return ValueTask.FromResult(new ResolvedDestinationCollection(resolved, new ConfigurationChangeToken(configuration)));
    }

    private sealed class ConfigurationChangeToken(IConfiguration configuration) : IChangeToken
    {
        private readonly IChangeToken _inner = configuration.GetReloadToken();

        public bool HasChanged => _inner.HasChanged;

        public bool ActiveChangeCallbacks => _inner.ActiveChangeCallbacks;

        public IDisposable RegisterChangeCallback(Action<object?> callback, object? state) => _inner.RegisterChangeCallback(callback, state);
    }
}
