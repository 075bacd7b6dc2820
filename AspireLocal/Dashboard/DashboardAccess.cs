using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Lyceum.AspireLocal.Dashboard;

/// <summary>Lets in who has the token; keeps out pages of other sites that point a browser at this machine.</summary>
internal sealed class DashboardAccess
{
    private const string Cookie = "aspire-local-dashboard";

    public string Token { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public string OtlpKey { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    public async Task CheckAsync(HttpContext context, RequestDelegate next)
    {
        if (!IsThisMachine(context.Request.Host.Host) || context.Connection.RemoteIpAddress is not { } caller || !IPAddress.IsLoopback(caller))
        {
            await RefuseAsync(context, StatusCodes.Status421MisdirectedRequest, "The dashboard answers only on this machine.");
            return;
        }

        context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        if (context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal))
        {
            await OnlyAsync(Matches(context.Request.Headers["x-otlp-api-key"], OtlpKey), context, next);
            return;
        }

        if (context.Request.Query["token"] is [{ } given])
        {
            await SignInAsync(context, given);
            return;
        }

        await OnlyAsync(Matches(context.Request.Cookies[Cookie], Token) && IsOwnPage(context.Request), context, next);
    }

    private static bool IsThisMachine(string host) => host is "localhost" or "127.0.0.1" or "[::1]";

    /// <summary>What changes something must come from a page of ours.</summary>
    private static bool IsOwnPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || request.Headers.Origin == $"{request.Scheme}://{request.Host}";

    private static bool Matches(string? given, string expected) =>
        given is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), Encoding.UTF8.GetBytes(expected));

    private static Task OnlyAsync(bool allowed, HttpContext context, RequestDelegate next) => allowed
        ? next(context)
        : RefuseAsync(context, StatusCodes.Status401Unauthorized, "The dashboard wants its token: open the address that the AppHost printed when it started.");

    private static Task RefuseAsync(HttpContext context, int status, string why)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(why, context.RequestAborted);
    }

    private async Task SignInAsync(HttpContext context, string given)
    {
        if (!Matches(given, Token))
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "That is not the token of this dashboard; it is new at every start.");
            return;
        }

        context.Response.Cookies.Append(Cookie, Token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });

        // Out of the address, the token does not stay in the browser's history. A path of our own: never another site.
        context.Response.Redirect("/" + context.Request.Path.Value?.TrimStart('/', '\\'));
    }
}
