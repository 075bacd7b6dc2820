using System.Net;
using System.Net.Http.Headers;

namespace Lyceum.AspireLocal.Tests.Dashboard;

public sealed class AccessTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/resources/api")]
    [InlineData("/console")]
    [InlineData("/logs")]
    [InlineData("/traces")]
    [InlineData("/metrics")]
    [InlineData("/assets/dashboard.css")]
    [InlineData("/?token=00000000000000000000000000000000")]
    public async Task Nothing_answers_without_the_token(string path)
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());

        using var answer = await app.Dashboard.GetAsync(path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task The_token_becomes_a_cookie_and_leaves_the_address()
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });

        using var answer = await client.GetAsync(new Uri(app.Server.LoginUrl));

        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Equal("/", answer.Headers.Location?.ToString());
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);

        await app.SignInAsync();
        using var page = await app.Dashboard.GetAsync("/");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
    }

    [Fact]
    public async Task The_redirect_leads_to_no_other_site()
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false });
        var token = app.Server.LoginUrl[(app.Server.LoginUrl.IndexOf('=', StringComparison.Ordinal) + 1)..];

        using var answer = await client.GetAsync(new Uri($"{app.Server.Url}//evil.example/?token={token}"));

        Assert.Equal("/evil.example/", answer.Headers.Location?.ToString());
    }

    [Fact]
    public async Task Another_host_name_is_refused_even_with_the_token()
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Server.LoginUrl);
        request.Headers.Host = "rebound.example";

        using var answer = await app.Dashboard.SendAsync(request);

        Assert.Equal(HttpStatusCode.MisdirectedRequest, answer.StatusCode);
    }

    [Fact]
    public async Task A_command_from_another_sites_page_is_refused()
    {
        var builder = TestApplication.NewBuilder();
        builder.AddSample("api");
        await using var app = await TestApplication.StartAsync(builder);
        await app.SignInAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/resources/api/stop");
        request.Headers.Add("Origin", "http://evil.example");

        using var answer = await app.Dashboard.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Theory]
    [InlineData("traces")]
    [InlineData("logs")]
    [InlineData("metrics")]
    public async Task Telemetry_without_the_key_is_refused(string signal)
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());
        await app.SignInAsync();

        using var answer = await app.Dashboard.PostAsync($"/v1/{signal}", new ByteArrayContent([]));

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    [Fact]
    public async Task Telemetry_that_is_no_protobuf_is_refused_with_a_reason()
    {
        await using var app = await TestApplication.StartAsync(TestApplication.NewBuilder());

        using var json = await SendAsync("application/json", "{}"u8.ToArray());
        using var garbage = await SendAsync("application/x-protobuf", [0xff, 0xff, 0xff]);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, garbage.StatusCode);

        async Task<HttpResponseMessage> SendAsync(string type, byte[] body)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/traces") { Content = new ByteArrayContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            request.Headers.Add("x-otlp-api-key", app.Server.OtlpKey);
            return await app.Dashboard.SendAsync(request);
        }
    }
}
