using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Lyceum.ServiceDefaults.Identity;

/// <summary>Authenticates a request by the identity token that Gateway or another service of ours put on it.</summary>
internal sealed class IdentityAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    IdentityTokens tokens)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!Request.Headers.TryGetValue(IdentityHeader.Name, out var header))
        {
            return Task.FromResult(AuthenticateResult.NoResult());
        }

        var caller = header.Count == 1 ? tokens.Read(header[0]) : null;
        return Task.FromResult(caller is null
            ? AuthenticateResult.Fail("The identity token is not valid.")
            : AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(Scheme.Name), Scheme.Name)));
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties) =>
        RefuseAsync(StatusCodes.Status401Unauthorized, "This service answers only through Gateway: sign in there.");

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        RefuseAsync(StatusCodes.Status403Forbidden, "Your role does not permit this.");

    // Not IProblemDetailsService: that writes nothing to a client that asked for another type, such as an event stream.
    private Task RefuseAsync(int status, string detail) =>
        TypedResults.Problem(detail, statusCode: status).ExecuteAsync(Context);
}

/// <summary>The header that carries a caller's identity between services.</summary>
public static class IdentityHeader
{
    /// <summary>The header's name.</summary>
    public const string Name = "X-Lyceum-Identity";

    internal const string Scheme = "Lyceum";
}
