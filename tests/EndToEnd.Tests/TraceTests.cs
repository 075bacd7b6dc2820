using System.Net;
using System.Net.Http.Json;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class TraceTests(RunningSuite running)
{
    private readonly Suite _suite = running.Suite;

    [Fact]
    public async Task One_question_is_one_trace_over_Gateway_ChatService_and_ModelHost()
    {
        var trace = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());
        using var client = _suite.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/llm/chat/") { Content = JsonContent.Create(new { initial_message = "What is a loop?" }) };
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();

        using var dashboard = await SignedInAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        string[] services = ["gateway", "chatservice", "modelhost"];
        while (true)
        {
            using var page = await dashboard.GetAsync(new Uri($"/traces/{trace}", UriKind.Relative), limit.Token);
            var waterfall = await page.Content.ReadAsStringAsync(limit.Token);
            if (page.IsSuccessStatusCode && services.All(service => waterfall.Contains($">{service}<", StringComparison.Ordinal)))
            {
                Assert.DoesNotContain("What is a loop?", waterfall, StringComparison.Ordinal);
                return;
            }

            await Task.Delay(200, limit.Token);
        }
    }

    [Fact]
    public async Task A_token_in_an_address_is_in_no_trace()
    {
        var trace = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());
        using var client = new HttpClient { BaseAddress = _suite.Gateway };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/key/{_suite.Token}/api/kernels?token={_suite.Token}");
        request.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();

        using var dashboard = await SignedInAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var page = await dashboard.GetAsync(new Uri($"/traces/{trace}", UriKind.Relative), limit.Token);
            var waterfall = await page.Content.ReadAsStringAsync(limit.Token);
            if (waterfall.Contains(">gateway<", StringComparison.Ordinal) && waterfall.Contains(">kernelservice<", StringComparison.Ordinal))
            {
                Assert.DoesNotContain(_suite.Token, waterfall, StringComparison.Ordinal);
                return;
            }

            await Task.Delay(200, limit.Token);
        }
    }

    [Fact]
    public async Task The_dashboard_answers_only_with_its_token_and_masks_secrets()
    {
        using var stranger = new HttpClient { BaseAddress = new Uri(_suite.Dashboard.GetLeftPart(UriPartial.Authority)) };
        using var refused = await stranger.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        using var dashboard = await SignedInAsync();
        var gateway = await dashboard.GetStringAsync(new Uri("/resources/gateway", UriKind.Relative));
        Assert.Contains("Identity__Key", gateway, StringComparison.Ordinal);
        Assert.DoesNotContain(_suite.Token, gateway, StringComparison.Ordinal);
    }

    private async Task<HttpClient> SignedInAsync()
    {
        var client = new HttpClient { BaseAddress = new Uri(_suite.Dashboard.GetLeftPart(UriPartial.Authority)) };
        using var response = await client.GetAsync(_suite.Dashboard);
        response.EnsureSuccessStatusCode();
        return client;
    }
}
