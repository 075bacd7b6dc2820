using System.Net;

namespace Lyceum.EndToEnd.Tests;

/// <summary>A trace that a test begins, as a caller that traces would, to find it again in the dashboard.</summary>
internal sealed class Trace
{
    private readonly string _id = Convert.ToHexStringLower(Guid.NewGuid().ToByteArray());

    public KeyValuePair<string, string> Header => new("traceparent", $"00-{_id}-00f067aa0ba902b7-01");

    /// <summary>The dashboard's page of the trace, once all of these services are in it.</summary>
    public async Task<string> WaterfallAsync(Suite suite, params string[] services)
    {
        using var dashboard = await SignedInAsync(suite);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            using var page = await dashboard.GetAsync(new Uri($"/traces/{_id}", UriKind.Relative), limit.Token);
            var waterfall = await page.Content.ReadAsStringAsync(limit.Token);
            if (page.StatusCode == HttpStatusCode.OK && services.All(service => waterfall.Contains($">{service}<", StringComparison.Ordinal)))
            {
                return waterfall;
            }

            await Task.Delay(200, limit.Token);
        }
    }

    /// <summary>A client of the dashboard with its cookie.</summary>
    public static async Task<HttpClient> SignedInAsync(Suite suite)
    {
        var client = new HttpClient { BaseAddress = new Uri(suite.Dashboard.GetLeftPart(UriPartial.Authority)) };
        using var response = await client.GetAsync(suite.Dashboard);
        response.EnsureSuccessStatusCode();
        return client;
    }
}
