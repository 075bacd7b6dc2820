using System.Net;
using System.Net.Http.Json;

namespace Lyceum.EndToEnd.Tests;

[Collection(nameof(RunningSuite))]
public sealed class TraceTests(RunningSuite running)
{
    private readonly Suite _suite = running.Suite;

    [Fact]
    public async Task One_question_is_one_trace_over_Gateway_ChatService_and_ModelHost_without_its_words()
    {
        var trace = new Trace();
        using var client = _suite.Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/llm/chat/") { Content = JsonContent.Create(new { initial_message = "What is a loop?" }) };
        request.Headers.Add(trace.Header.Key, trace.Header.Value);
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();

        Assert.DoesNotContain("What is a loop?", await trace.WaterfallAsync(_suite, "gateway", "chatservice", "modelhost"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_in_an_address_is_in_no_trace()
    {
        var trace = new Trace();
        using var client = new HttpClient { BaseAddress = _suite.Gateway };
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/key/{_suite.Token}/api/kernels?token={_suite.Token}");
        request.Headers.Add(trace.Header.Key, trace.Header.Value);
        using var response = await client.SendAsync(request);
        response.EnsureSuccessStatusCode();

        Assert.DoesNotContain(_suite.Token, await trace.WaterfallAsync(_suite, "gateway", "kernelservice"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dashboard_answers_only_with_its_token_and_masks_secrets()
    {
        using var stranger = new HttpClient { BaseAddress = new Uri(_suite.Dashboard.GetLeftPart(UriPartial.Authority)) };
        using var refused = await stranger.GetAsync(new Uri("/", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);

        using var dashboard = await Trace.SignedInAsync(_suite);
        var gateway = await dashboard.GetStringAsync(new Uri("/resources/gateway", UriKind.Relative));
        Assert.Contains("Identity__Key", gateway, StringComparison.Ordinal);
        Assert.DoesNotContain(_suite.Token, gateway, StringComparison.Ordinal);
    }
}
