namespace Lyceum.ServiceDefaults.Discovery;

/// <summary>Sends <c>http://&lt;name&gt;/...</c> to where the service of that name is; other hosts are left alone.</summary>
internal sealed class ServiceDiscoveryHandler(ServiceEndpoints endpoints) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var asked = request.RequestUri;
        if (asked is null || endpoints.Next(asked.Host) is not { } address)
        {
            return await base.SendAsync(request, cancellationToken);
        }

        request.RequestUri = new UriBuilder(asked) { Scheme = address.Scheme, Host = address.Host, Port = address.Port }.Uri;
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        finally
        {
            // A retry must be free to choose another address.
            request.RequestUri = asked;
        }
    }
}
