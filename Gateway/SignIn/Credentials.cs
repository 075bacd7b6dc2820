using System.Text;

namespace Lyceum.Gateway.SignIn;

/// <summary>The token that a request carries, wherever its kind of client puts it.</summary>
internal static class Credentials
{
    /// <summary>The item under which <see cref="KeyPathMiddleware"/> leaves a token that came in the path.</summary>
    public static readonly object PathToken = new();

    /// <summary>The token of a request, or null: from the path, <c>Authorization</c> or <c>?token=</c>, in this order.</summary>
    public static string? TokenOf(HttpRequest request) =>
        request.HttpContext.Items[PathToken] as string
        ?? FromAuthorization(request.Headers.Authorization.ToString())
        ?? (request.Query["token"] is [{ Length: > 0 } token] ? token : null);

    // Jupyter says "token T", API clients "Bearer T", learning record stores "Basic user:T" with any user.
    private static string? FromAuthorization(string header)
    {
        var space = header.IndexOf(' ', StringComparison.Ordinal);
        if (space <= 0)
        {
            return null;
        }

        var value = header[(space + 1)..].Trim();
        return header[..space].ToUpperInvariant() switch
        {
            "TOKEN" or "BEARER" => value,
            "BASIC" => FromBasic(value),
            _ => null,
        };
    }

    private static string? FromBasic(string value)
    {
        var bytes = new byte[value.Length];
        if (!Convert.TryFromBase64String(value, bytes, out var length))
        {
            return null;
        }

        var pair = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = pair.IndexOf(':', StringComparison.Ordinal);
        return colon < 0 ? null : pair[(colon + 1)..];
    }
}
