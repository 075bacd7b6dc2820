using System.Net;
using System.Text.RegularExpressions;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed partial class PageTests(GatewayApplication application)
{
    [Fact]
    public async Task A_signed_in_visitor_gets_the_page_and_its_assets_compressed_and_for_ever()
    {
        using var client = application.Client();
        using var signIn = await client.GetAsync(new Uri($"/?token={GatewayApplication.OwnerToken}", UriKind.Relative));
        client.DefaultRequestHeaders.Add("Cookie", signIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        using var page = await client.GetAsync(new Uri("/class", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        var script = Script().Match(await page.Content.ReadAsStringAsync()).Groups[1].Value;

        using var request = new HttpRequestMessage(HttpMethod.Get, script);
        request.Headers.AcceptEncoding.ParseAdd("gzip");
        using var asset = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, asset.StatusCode);
        Assert.Equal(["gzip"], asset.Content.Headers.ContentEncoding);
        Assert.Contains("immutable", asset.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_nobodys_path_is_a_404()
    {
        using var client = application.Owner();
        using var response = await client.GetAsync(new Uri("/assets/nothing.js", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    [GeneratedRegex("src=\"(/assets/[^\"]+)\"")]
    private static partial Regex Script();
}
