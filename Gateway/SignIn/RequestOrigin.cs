namespace Lyceum.Gateway.SignIn;

/// <summary>
/// Keeps other sites from using a visitor's cookie: what changes something, and every WebSocket, must come from a page of ours.
/// </summary>
internal static class RequestOrigin
{
    public static bool IsOurs(HttpRequest request)
    {
        var changesNothing = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);
        if (changesNothing && !IsWebSocket(request))
        {
            return true;
        }

        // Only host and port are compared: behind a proxy that ends TLS the scheme that we see is not the browser's.
        return request.Headers.Origin is [{ Length: > 0 } origin]
            ? Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase)
            : request.Headers["Sec-Fetch-Site"] == "same-origin";
    }

    private static bool IsWebSocket(HttpRequest request) =>
        request.HttpContext.WebSockets.IsWebSocketRequest
        || request.Headers.Upgrade.ToString().Contains("websocket", StringComparison.OrdinalIgnoreCase)
        || HttpMethods.IsConnect(request.Method);
}
