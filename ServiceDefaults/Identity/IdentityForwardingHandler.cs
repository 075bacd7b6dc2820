using Microsoft.AspNetCore.Http;

namespace Lyceum.ServiceDefaults.Identity;

/// <summary>
/// Puts an identity on every call to another service of ours: that of <see cref="RequestCaller"/>, else the user's, while one is being served, else this service's own.
/// Calls to other hosts get none.
/// </summary>
internal sealed class IdentityForwardingHandler(
    IHttpContextAccessor accessor,
    IdentityTokens tokens,
    ServiceIdentity service,
    Discovery.ServiceEndpoints endpoints) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is { } uri && endpoints.Knows(uri.Host) && !request.Headers.Contains(IdentityHeader.Name))
        {
            var served = accessor.HttpContext?.Request.Headers[IdentityHeader.Name].ToString();
            var token = request.Options.TryGetValue(RequestCaller.Key, out var caller) ? tokens.Issue(caller)
                : string.IsNullOrEmpty(served) ? tokens.Issue(service.Caller)
                : served;
            request.Headers.Add(IdentityHeader.Name, token);
        }

        return base.SendAsync(request, cancellationToken);
    }
}

/// <summary>This service as a caller of others.</summary>
/// <param name="Caller">Its identity, with the role <see cref="Roles.Service"/>.</param>
public sealed record ServiceIdentity(CallerIdentity Caller)
{
    internal static ServiceIdentity For(string name) => new(new CallerIdentity($"service:{name}", name, "", "", [Roles.Service]));
}
