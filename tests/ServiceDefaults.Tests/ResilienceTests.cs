using System.Net;
using System.Net.Http.Json;
using Lyceum.Testing;
using Lyceum.ServiceDefaults.Resilience;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Lyceum.ServiceDefaults.Tests;

public sealed class ResilienceTests
{
    private int _calls;

    [Fact]
    public async Task A_read_is_repeated_until_the_service_is_back()
    {
        await using var callee = await FailingAsync(times: 2);
        await using var app = await CallerOfAsync(callee.Address());
        using var response = await ClientOf(app).GetAsync(new Uri("http://callee/"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, _calls);
    }

    [Fact]
    public async Task A_change_that_may_have_happened_is_not_repeated()
    {
        await using var callee = await FailingAsync(times: 2);
        await using var app = await CallerOfAsync(callee.Address());
        using var response = await ClientOf(app).PostAsJsonAsync("http://callee/", new { });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.Equal(1, _calls);
    }

    [Fact]
    public async Task A_change_that_never_arrived_goes_to_the_next_address()
    {
        await using var callee = await FailingAsync(times: 0);
        await using var app = await CallerOfAsync($"http://127.0.0.1:{LoopbackPort.Unused()}", callee.Address());
        for (var i = 0; i < 2; i++)
        {
            using var response = await ClientOf(app).PostAsJsonAsync("http://callee/", new { });
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    [Fact]
    public async Task A_service_that_does_not_answer_in_time_is_given_up_with_504()
    {
        await using var callee = await SmallService.StartAsync(map: app => app.MapPost("/", (HttpContext context) => Task.Delay(Timeout.Infinite, context.RequestAborted)).AllowAnonymous());
        await using var app = await CallerOfAsync(callee.Address());
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://callee/");
        request.SetAttemptTimeout(TimeSpan.FromMilliseconds(200));
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => ClientOf(app).SendAsync(request));
        Assert.Equal(HttpStatusCode.GatewayTimeout, failure.StatusCode);
    }

    [Fact]
    public async Task An_unknown_service_is_a_503_to_the_caller()
    {
        await using var app = await SmallService.StartAsync(
            map: app => app.MapGet("/ask", (IHttpClientFactory clients) => clients.CreateClient().GetStringAsync(new Uri($"http://127.0.0.1:{LoopbackPort.Unused()}"))).AllowAnonymous());
        using var client = app.Client();
        using var response = await client.GetAsync(new Uri("/ask", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
        Assert.NotNull(response.Headers.RetryAfter);
    }

    private static HttpClient ClientOf(WebApplication app) => app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();

    private Task<WebApplication> FailingAsync(int times) => SmallService.StartAsync(map: app =>
        app.MapMethods("/", ["GET", "POST"], () => Results.StatusCode(Interlocked.Increment(ref _calls) <= times ? 503 : 200)).AllowAnonymous());

    private static Task<WebApplication> CallerOfAsync(params string[] addresses) =>
        SmallService.StartAsync(settings: [.. addresses.Select((address, index) => KeyValuePair.Create($"services:callee:http:{index}", (string?)address))]);
}
