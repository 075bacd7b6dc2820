using System.Net;
using System.Net.Http.Json;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed class SignInTests(GatewayApplication application)
{
    [Fact]
    public async Task The_link_with_the_token_signs_the_browser_in_and_leaves_the_address_clean()
    {
        using var client = application.Client();
        using var response = await client.GetAsync(new Uri($"/?token={GatewayApplication.OwnerToken}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/", response.Headers.Location!.ToString());
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=lax", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(GatewayApplication.OwnerToken, cookie, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_cookie_reads_and_changes_from_our_own_page_only()
    {
        var cookie = await SignInAsync();

        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Get, "/identity", cookie, origin: null));
        Assert.Equal(HttpStatusCode.OK, await SendAsync(HttpMethod.Post, "/llm/chat/", cookie, origin: application.Address.GetLeftPart(UriPartial.Authority)));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(HttpMethod.Post, "/llm/chat/", cookie, origin: "http://evil.example"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(HttpMethod.Post, "/llm/chat/", cookie, origin: "null"));
        Assert.Equal(HttpStatusCode.Unauthorized, await SendAsync(HttpMethod.Post, "/llm/chat/", cookie, origin: null));
    }

    [Fact]
    public async Task A_session_cookie_opens_no_WebSocket_for_another_site()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/kernels/1/channels");
        request.Headers.Add("Cookie", await SignInAsync());
        request.Headers.Add("Origin", "http://evil.example");
        request.Headers.Add("Connection", "Upgrade");
        request.Headers.Add("Upgrade", "websocket");
        request.Headers.Add("Sec-WebSocket-Version", "13");
        request.Headers.Add("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
        using var client = application.Client();
        using var response = await client.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/class")]
    [InlineData("/notebooks/a/b.ipynb")]
    public async Task Without_a_session_a_page_shows_the_sign_in_form(string path)
    {
        using var client = application.Client();
        using var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Contains("action=\"/signin\"", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sign_in_form_takes_the_token_and_goes_home()
    {
        using var response = await PostTokenAsync(GatewayApplication.OwnerToken);
        Assert.Equal("/", response.Headers.Location!.ToString());
        Assert.True(response.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task The_sign_in_form_says_when_a_token_is_wrong()
    {
        using var response = await PostTokenAsync("nonsense");
        Assert.Equal("/?refused", response.Headers.Location!.ToString());
        Assert.False(response.Headers.Contains("Set-Cookie"));
    }

    [Theory]
    [InlineData("token")]
    [InlineData("Bearer")]
    public async Task Authorization_takes_Jupyters_and_the_bearer_scheme(string scheme)
    {
        using var client = application.Client();
        client.DefaultRequestHeaders.Authorization = new(scheme, GatewayApplication.OwnerToken);
        var self = await client.GetFromJsonAsync<Dictionary<string, object>>("/identity");
        Assert.Equal("owner", self!["subject"].ToString());
    }

    [Fact]
    public async Task Basic_takes_the_token_as_password()
    {
        using var client = application.Client();
        client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes("any:" + GatewayApplication.OwnerToken)));
        using var response = await client.GetAsync(new Uri("/identity", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<string> SignInAsync()
    {
        using var client = application.Client();
        using var response = await client.GetAsync(new Uri($"/?token={GatewayApplication.OwnerToken}", UriKind.Relative));
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<HttpResponseMessage> PostTokenAsync(string token)
    {
        using var client = application.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/signin") { Content = new FormUrlEncodedContent([new("token", token)]) };
        request.Headers.Add("Origin", application.Address.GetLeftPart(UriPartial.Authority));
        return await client.SendAsync(request);
    }

    private async Task<HttpStatusCode> SendAsync(HttpMethod method, string path, string cookie, string? origin)
    {
        using var client = application.Client();
        using var request = new HttpRequestMessage(method, path);
        request.Headers.Add("Cookie", cookie);
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var response = await client.SendAsync(request);
        return response.StatusCode;
    }
}
