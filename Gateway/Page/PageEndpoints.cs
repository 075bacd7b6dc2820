using Lyceum.Gateway.Accounts;
using Lyceum.Gateway.Institution;
using Lyceum.Gateway.SignIn;
using Lyceum.ServiceDefaults.Identity;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace Lyceum.Gateway.Page;

/// <summary>The web page: its files, and a sign-in form for who is not signed in.</summary>
internal static class PageEndpoints
{
    // The page's own router decides what these show.
    private static readonly string[] PagePaths = ["/", "/notebooks/{**path}", "/class/{**path}", "/teach/{**part}"];

    public static void AddPage(this IHostApplicationBuilder builder) =>
        builder.Services.AddResponseCompression(compression => compression.EnableForHttps = true);

    public static void UsePageFiles(this WebApplication app)
    {
        app.Use(AddSecurityHeaders);

        // Only what is public: compressing an answer that mixes a secret with a stranger's text would give its length away.
        app.UseWhen(IsAsset, assets => assets.UseResponseCompression());
        app.UseStaticFiles(new StaticFileOptions
        {
            OnPrepareResponse = file =>
            {
                // Vite names assets by their content.
                file.Context.Response.Headers.CacheControl = IsAsset(file.Context) ? "public, max-age=31536000, immutable" : "no-cache";
            },
        });
    }

    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        foreach (var path in PagePaths)
        {
            routes.MapGet(path, ShowAsync).AllowAnonymous();
        }

        // The Ollama client asks HEAD / whether anybody is there.
        routes.MapMethods("/", [HttpMethods.Head], () => TypedResults.Ok()).AllowAnonymous();
    }

    private static bool IsAsset(HttpContext context) => context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal);

    private static async Task ShowAsync(HttpContext context, SessionCookie session, SignInEvents events, AccountStore accounts, IOptions<OidcOptions> institution, IWebHostEnvironment environment)
    {
        var (request, response) = (context.Request, context.Response);
        if (context.User.Identity is not { IsAuthenticated: true })
        {
            response.StatusCode = StatusCodes.Status401Unauthorized;
            response.ContentType = "text/html; charset=utf-8";
            await response.WriteAsync(
                SignInPage.Html(
                    isTokenRefused: request.Query.ContainsKey("refused") || request.Query.ContainsKey("token"),
                    institution.Value.OfferedName is { } name ? (name, InstitutionSignIn.PathTo(request)) : null,
                    Enum.TryParse<SignInFailure>(request.Query["failed"], out var failure) ? failure : null),
                context.RequestAborted);
        }
        else if (Credentials.TokenOf(request) is not null && await accounts.FindByIdAsync(context.User.Caller().Subject, context.RequestAborted) is { } account)
        {
            // The token leaves the address bar, the history and whatever is copied from them.
            session.Set(context, account);
            events.SignedInByLink(account);
            response.Redirect(request.Path);
        }
        else
        {
            await SendPageAsync(response, environment.WebRootFileProvider.GetFileInfo("index.html"), context.RequestAborted);
        }
    }

    private static async Task SendPageAsync(HttpResponse response, IFileInfo page, CancellationToken cancellationToken)
    {
        if (!page.Exists)
        {
            throw new InvalidOperationException("The web page is not built: 'dotnet build Gateway' makes it and needs Node 20 with npm.");
        }

        response.ContentType = "text/html; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        await response.SendFileAsync(page, cancellationToken);
    }

    private static Task AddSecurityHeaders(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        return next(context);
    }

    // Notebooks show inline styles, data: images and blobs; scripts are ours alone.
    private const string ContentSecurityPolicy =
        "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        + "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
}
