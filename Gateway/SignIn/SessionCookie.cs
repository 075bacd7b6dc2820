using Lyceum.Gateway.Accounts;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Lyceum.Gateway.SignIn;

/// <summary>The browser's session: a signed cookie that names an account and its token, the same for every replica.</summary>
internal sealed class SessionCookie(IOptions<IdentityOptions> identity, IOptions<AccountsOptions> accounts, TimeProvider time)
{
    private const string Name = "lyceum-session";
    private readonly TimeSpan _lifetime = accounts.Value.SessionLifetime;
    private readonly IdentityTokens _tokens = new(identity.Value.Key, "session", "gateway", accounts.Value.SessionLifetime, time);

    /// <summary>The account that the session names, and which token it had then; null without a session.</summary>
    public (string AccountId, string Credential)? Of(HttpRequest request) =>
        _tokens.Read(request.Cookies[Name]) is { } session ? (session.Subject, session.Name) : null;

    public void Set(HttpContext context, Account account) =>
        context.Response.Cookies.Append(Name, _tokens.Issue(new CallerIdentity(account.Id, account.Credential, "", "", [])), Options(context.Request, _lifetime));

    public static void Remove(HttpContext context) =>
        context.Response.Cookies.Delete(Name, Options(context.Request, null));

    private static CookieOptions Options(HttpRequest request, TimeSpan? maxAge) => new()
    {
        HttpOnly = true,
        Secure = request.IsHttps,
        // Lax, so that a link in a mail or a course page opens signed in; RequestOrigin guards what changes something.
        SameSite = SameSiteMode.Lax,
        Path = "/",
        MaxAge = maxAge,
        IsEssential = true,
    };
}
