using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Lyceum.Gateway.Tests;

public sealed class OutageTests : IAsyncLifetime
{
    private readonly GatewayApplication _application = new();

    public Task InitializeAsync() => _application.InitializeAsync();

    public Task DisposeAsync() => _application.DisposeAsync();

    [Fact]
    public async Task While_PostgreSQL_is_away_accounts_answer_503_and_work_again_after()
    {
        using var owner = _application.Owner();
        using var before = await owner.PostAsJsonAsync("/accounts", new { name = "Kept" });
        Assert.Equal(HttpStatusCode.Created, before.StatusCode);

        await _application.Postgres.StopAsync();
        using var away = await owner.GetAsync(new Uri("/accounts", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, away.StatusCode);
        Assert.NotNull(away.Headers.RetryAfter);
        using var stranger = _application.ClientWith("lyc_unknown");
        using var unknown = await stranger.GetAsync(new Uri("/identity", UriKind.Relative));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unknown.StatusCode);

        await _application.Postgres.StartAsync();
        var list = await owner.GetFromJsonAsync<JsonElement>("/accounts");
        Assert.Contains(list.GetProperty("accounts").EnumerateArray(), account => account.GetProperty("name").GetString() == "Kept");
    }

    [Fact]
    public async Task Beyond_the_rate_a_stranger_gets_429_with_Retry_After()
    {
        using var client = _application.Client();
        for (var i = 0; i < 2000; i++)
        {
            using var response = await client.GetAsync(new Uri("/api/kernels", UriKind.Relative));
            if (response.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.NotNull(response.Headers.RetryAfter);
                return;
            }
        }

        Assert.Fail("No request was refused.");
    }
}
