using System.Text.Encodings.Web;
using Lyceum.Gateway.Accounts;
using Lyceum.Gateway.IngestKeys;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Lyceum.Gateway.SignIn;

/// <summary>Signs callers in by token or, in the browser, by session cookie.</summary>
internal sealed class GatewayAuthenticationHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AccountStore accounts,
    IngestKeyStore ingestKeys,
    SessionCookie session,
    IProblemDetailsService problems)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Gateway";

    private const int MaxTokenLength = 512;

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Credentials.TokenOf(Request) is { } token)
        {
            if (token.StartsWith(IngestKeyStore.Prefix, StringComparison.Ordinal) && token.Length <= MaxTokenLength)
            {
                return await ingestKeys.FindAsync(token, Context.RequestAborted) is { } source
                    ? Success(source)
                    : AuthenticateResult.Fail("The ingest key is not valid.");
            }

            var account = token.Length <= MaxTokenLength ? await accounts.FindByTokenAsync(token, Context.RequestAborted) : null;
            return account is null ? AuthenticateResult.Fail("The token is not valid.") : Success(account);
        }

        if (session.Of(Request) is not var (id, credential))
        {
            return AuthenticateResult.NoResult();
        }

        if (!RequestOrigin.IsOurs(Request))
        {
            return AuthenticateResult.Fail("Another site made the browser send this request.");
        }

        return await accounts.FindByIdAsync(id, Context.RequestAborted) is { } signedIn && signedIn.Credential == credential
            ? Success(signedIn)
            : AuthenticateResult.Fail("The account is gone, or has another token now.");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = "Bearer";
        return RefuseAsync(StatusCodes.Status401Unauthorized, "Sign in first: send your token as 'Authorization: Bearer <token>' or '?token=<token>', or open the page with the link that you were given.");
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) =>
        RefuseAsync(StatusCodes.Status403Forbidden, "Your role does not permit this.");

    private AuthenticateResult Success(Account account)
    {
        // For OpenConnections.
        Context.Features.Set(account);
        return Success(new CallerIdentity(account.Id, account.Name, account.Learner, account.Course, account.Roles));
    }

    private AuthenticateResult Success(CallerIdentity caller)
    {
        return AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(Scheme.Name), Scheme.Name));
    }

    private async Task RefuseAsync(int status, string detail)
    {
        Response.StatusCode = status;
        await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = Context, ProblemDetails = { Status = status, Detail = detail } });
    }
}
