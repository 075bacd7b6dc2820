using Lyceum.ServiceDefaults.Discovery;

namespace Lyceum.ModelHost.Nodes;

internal static class NodeAddresses
{
    /// <summary>The addresses that one entry of the configuration means, each with a slash at its end; none when it means nothing.</summary>
    public static IReadOnlyList<Uri> Of(NodeSettings settings, ServiceEndpoints endpoints)
    {
        var text = settings.Url.Trim();
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https")
        {
            return uri is { UserInfo: "", Query: "", Fragment: "" } ? [BaseOf(uri, settings.Protocol)] : [];
        }

        return [.. endpoints.All(text).Select(found => BaseOf(found, settings.Protocol))];
    }

    private static Uri BaseOf(Uri uri, NodeKind kind) =>
        kind is NodeKind.OpenAi && uri.AbsolutePath == "/" ? new Uri(uri, "/v1/")
        : uri.AbsolutePath.EndsWith('/') ? uri
        : new Uri(uri.AbsoluteUri + "/");
}
