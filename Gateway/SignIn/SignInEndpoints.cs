using Lyceum.Gateway.Accounts;
using Lyceum.Gateway.Limits;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.ServiceDefaults.LearningEvents;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Lyceum.Gateway.SignIn;

/// <summary>Sign-in by token, and out again.</summary>
internal static class SignInEndpoints
{
    public static void AddSignIn(this IHostApplicationBuilder builder)
    {
        builder.AddLearningEvents();
        builder.Services.AddSingleton<SignInEvents>();
        builder.Services.AddSingleton<SessionCookie>();
        builder.Services.AddSingleton<OpenConnections>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OpenConnections>());
        builder.Services.AddAuthentication(GatewayAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, GatewayAuthenticationHandler>(GatewayAuthenticationHandler.SchemeName, null);
    }

    /// <summary>Finds out who asks, and keeps watch over it for as long as the request takes.</summary>
    public static void UseSignIn(this WebApplication app)
    {
        app.UseAuthentication();
        app.Use(app.Services.GetRequiredService<OpenConnections>().WatchAsync);
    }

    public static void MapSignIn(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/signin", SignInAsync).AllowAnonymous().DisableAntiforgery().RequireRateLimiting(RateLimits.SignIn);
        routes.MapPost("/signout", SignOut).AllowAnonymous();
    }

    private static async Task<Results<RedirectHttpResult, ForbidHttpResult>> SignInAsync(
        [FromForm] string? token, HttpContext context, AccountStore accounts, SessionCookie session, SignInEvents events, CancellationToken cancellationToken)
    {
        // Without this another site could sign its visitor in to an account of its own choice.
        if (!RequestOrigin.IsOurs(context.Request))
        {
            return TypedResults.Forbid();
        }

        if (await accounts.FindByTokenAsync(token?.Trim() ?? "", cancellationToken) is not { } account)
        {
            return TypedResults.Redirect("/?refused");
        }

        session.Set(context, account);
        events.SignedInByForm(account);
        return TypedResults.Redirect("/");
    }

    private static Results<NoContent, ForbidHttpResult> SignOut(HttpContext context, SignInEvents events)
    {
        if (!RequestOrigin.IsOurs(context.Request))
        {
            return TypedResults.Forbid();
        }

        if (context.User.Identity is { IsAuthenticated: true } && context.User.Caller() is { Learner.Length: > 0 } caller)
        {
            events.SignedOut(caller);
        }

        SessionCookie.Remove(context);
        return TypedResults.NoContent();
    }
}
