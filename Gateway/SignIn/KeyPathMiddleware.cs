using System.Diagnostics;

namespace Lyceum.Gateway.SignIn;

/// <summary>
/// Takes the token out of <c>/key/&lt;token&gt;/...</c>, for clients that can send no header: the Ollama command line
/// (<c>OLLAMA_HOST=http://host:8080/key/T</c>), telemetry exporters.
/// </summary>
internal sealed class KeyPathMiddleware(RequestDelegate next)
{
    private const string Prefix = "/key/";

    public Task InvokeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value ?? "";
        if (!path.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return next(context);
        }

        var end = path.IndexOf('/', Prefix.Length);
        context.Items[Credentials.PathToken] = end < 0 ? path[Prefix.Length..] : path[Prefix.Length..end];
        context.Request.Path = end < 0 ? "/" : path[end..];

        // The server has put the whole path on the trace already.
        Activity.Current?.SetTag("url.path", context.Request.Path.Value);
        return next(context);
    }
}
