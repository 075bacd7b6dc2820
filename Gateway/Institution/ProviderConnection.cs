namespace Lyceum.Gateway.Institution;

/// <summary>The way to the institution's provider. One that is out of order is not one that has answered something wrong.</summary>
internal sealed class ProviderConnection : HttpClientHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if ((int)response.StatusCode < StatusCodes.Status500InternalServerError)
        {
            return response;
        }

        using (response)
        {
            throw new HttpRequestException($"The provider has answered {(int)response.StatusCode}.", null, response.StatusCode);
        }
    }
}
