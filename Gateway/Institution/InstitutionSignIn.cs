using Lyceum.Gateway.Limits;
using Lyceum.Gateway.SignIn;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Lyceum.Gateway.Institution;

/// <summary>Sign-in at the institution: OpenID Connect's authorization code flow with PKCE, which ends in a session like any other.</summary>
internal static partial class InstitutionSignIn
{
    private const string Scheme = "Institution";
    private const string Path = "/signin/institution";

    public static void AddInstitutionSignIn(this IHostApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(OidcOptions.Section);
        if (!section.Exists())
        {
            return;
        }

        // A token under a key that is new waits until that has been fetched, instead of being refused.
        AppContext.SetSwitch("Switch.Microsoft.IdentityModel.UpdateConfigAsBlocking", true);
        builder.Services.AddOptions<OidcOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<InstitutionPeople>();
        builder.Services.AddSingleton<SealedState>();
        builder.Services.AddAuthentication().AddOpenIdConnect(Scheme, _ => { });
        builder.Services.AddOptions<OpenIdConnectOptions>(Scheme).Configure<IOptions<OidcOptions>, SealedState>(Configure);
    }

    public static void MapInstitutionSignIn(this IEndpointRouteBuilder routes)
    {
        if (routes.ServiceProvider.GetRequiredService<IServiceProviderIsService>().IsService(typeof(InstitutionPeople)))
        {
            routes.MapGet(Path, BeginAsync).AllowAnonymous().RequireRateLimiting(RateLimits.SignIn);
        }
    }

    /// <summary>Where the sign-in begins that leads back to a page of ours.</summary>
    public static string PathTo(HttpRequest request) => $"{Path}?to={Uri.EscapeDataString(request.Path.ToUriComponent())}";

    private static async Task BeginAsync(string? to, HttpContext context, ILogger<InstitutionPeople> logger)
    {
        try
        {
            await context.ChallengeAsync(Scheme, new AuthenticationProperties { RedirectUri = IsOurs(to) ? to : "/" });
        }
        catch (InvalidOperationException failure) when (failure.InnerException is not null)
        {
            // The provider's description of itself could not be had.
            Fail(context, SignInFailure.Unreachable, logger, failure);
        }
    }

    // "//host" and "/\host" are addresses of other sites, and browsers drop control characters.
    private static bool IsOurs(string? path) => path is ['/'] or ['/', not ('/' or '\\'), ..] && path.All(letter => letter is > ' ' and <= '~');

    private static void Configure(OpenIdConnectOptions oidc, IOptions<OidcOptions> configured, SealedState state)
    {
        var options = configured.Value;
        oidc.Authority = options.Authority!.ToString();
        oidc.RequireHttpsMetadata = options.Authority.Scheme == Uri.UriSchemeHttps;
        oidc.ClientId = options.ClientId;
        oidc.ClientSecret = options.ClientSecret;
        oidc.CallbackPath = Path + "/done";
        oidc.ResponseType = OpenIdConnectResponseType.Code;
        // In the address, so that cookies may be Lax, which browsers also send to an address without TLS.
        oidc.ResponseMode = OpenIdConnectResponseMode.Query;
        oidc.BackchannelTimeout = TimeSpan.FromSeconds(10);
        oidc.BackchannelHttpHandler = new ProviderConnection();
        oidc.RefreshInterval = TimeSpan.FromSeconds(30);
        oidc.DataProtectionProvider = state;
        oidc.MapInboundClaims = false;
        oidc.GetClaimsFromUserInfoEndpoint = true;
        oidc.Scope.Clear();
        foreach (var scope in options.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            oidc.Scope.Add(scope);
        }

        foreach (var claim in (string[])["email_verified", options.LoginClaim])
        {
            oidc.ClaimActions.MapUniqueJsonKey(claim, claim);
        }

        oidc.ClaimActions.MapJsonKey(options.GroupsClaim, options.GroupsClaim);
        foreach (var cookie in (CookieBuilder[])[oidc.CorrelationCookie, oidc.NonceCookie])
        {
            cookie.SameSite = SameSiteMode.Lax;
            cookie.SecurePolicy = options.PublicAddress?.Scheme == Uri.UriSchemeHttps ? CookieSecurePolicy.Always : CookieSecurePolicy.SameAsRequest;
        }

        oidc.Events.OnRedirectToIdentityProvider = redirect =>
        {
            if (options.PublicAddress is { } address)
            {
                redirect.ProtocolMessage.RedirectUri = new Uri(address, oidc.CallbackPath.Value).ToString();
            }

            return Task.CompletedTask;
        };
        oidc.Events.OnTokenValidated = RefuseUnsigned;
        oidc.Events.OnTicketReceived = AdmitAsync;
        oidc.Events.OnAccessDenied = denied => EndAsync(denied, SignInFailure.Cancelled, null);
        oidc.Events.OnRemoteFailure = failed => EndAsync(failed, ReasonOf(failed.Failure), failed.Failure);
    }

    // The handler relies on TLS for a token that came from the provider itself; a provider's signature costs nothing.
    private static Task RefuseUnsigned(TokenValidatedContext validated)
    {
        if (validated.SecurityToken.RawSignature.Length == 0)
        {
            validated.Fail(new SecurityTokenInvalidSignatureException("The token is not signed."));
        }

        return Task.CompletedTask;
    }

    private static async Task AdmitAsync(TicketReceivedContext ticket)
    {
        var context = ticket.HttpContext;
        var (account, failure) = await context.RequestServices.GetRequiredService<InstitutionPeople>().AdmitAsync(ticket.Principal!, context.RequestAborted);
        if (account is null)
        {
            await EndAsync(ticket, failure!.Value, null);
            return;
        }

        context.RequestServices.GetRequiredService<SessionCookie>().Set(context, account);
        context.RequestServices.GetRequiredService<SignInEvents>().SignedInAtInstitution(account);
        context.Response.Redirect(ticket.ReturnUri ?? "/");
        ticket.HandleResponse();
    }

    private static Task EndAsync(HandleRequestContext<RemoteAuthenticationOptions> step, SignInFailure failure, Exception? cause)
    {
        Fail(step.HttpContext, failure, step.HttpContext.RequestServices.GetRequiredService<ILogger<InstitutionPeople>>(), cause);
        step.HandleResponse();
        return Task.CompletedTask;
    }

    private static void Fail(HttpContext context, SignInFailure failure, ILogger logger, Exception? cause)
    {
        LogFailed(logger, failure, cause?.Message);
        context.Response.Redirect($"/?failed={failure}");
    }

    private static SignInFailure ReasonOf(Exception? failure) => failure switch
    {
        AuthenticationFailureException { InnerException: { } inner } => ReasonOf(inner),
        OpenIdConnectProtocolException or SecurityTokenException => SignInFailure.Untrusted,
        HttpRequestException or IOException or OperationCanceledException or InvalidOperationException => SignInFailure.Unreachable,
        _ => SignInFailure.Outdated,
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "Somebody from the institution's sign-in was not let in: {Failure} {Reason}")]
    private static partial void LogFailed(ILogger logger, SignInFailure failure, string? reason);
}
