using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Lyceum.ServiceDefaults.Tests;

public sealed class IdentityTests
{
    [Fact]
    public async Task A_service_answers_nobody_without_an_identity_but_says_that_it_is_alive()
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/health", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/alive", UriKind.Relative))).StatusCode);
        using var refused = await client.GetAsync(new Uri("/me", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Contains("Gateway", (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_valid_token_carries_the_whole_identity()
    {
        await using var app = await StartAsync();
        var caller = TestIdentity.Student("Zoë \"quoted\" 🎓");
        using var client = app.Client();
        client.As(caller);
        var seen = await client.GetFromJsonAsync<CallerIdentity>("/me");
        Assert.Equal(caller with { Roles = [] }, seen! with { Roles = [] });
        Assert.Equal(caller.Roles, seen.Roles);
    }

    [Theory]
    [MemberData(nameof(ForgedTokens))]
    public async Task A_forged_token_is_refused(string forged)
    {
        await using var app = await StartAsync();
        using var client = app.Client();
        client.DefaultRequestHeaders.TryAddWithoutValidation(IdentityHeader.Name, forged);
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync(new Uri("/me", UriKind.Relative))).StatusCode);
    }

    public static TheoryData<string> ForgedTokens()
    {
        var good = TestIdentity.Token(TestIdentity.Student());
        var parts = good.Split('.');
        var payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[1])).Replace("student", "owner", StringComparison.Ordinal);
        var none = Base64Url.EncodeToString("""{"alg":"none","typ":"JWT"}"""u8);
        var session = new IdentityTokens(TestIdentity.Key, "session", "gateway", TimeSpan.FromMinutes(5), TimeProvider.System);
        var otherKey = new IdentityTokens(new string('x', 32), IdentityTokens.InternalPurpose, "gateway", TimeSpan.FromMinutes(5), TimeProvider.System);
        var expired = new IdentityTokens(TestIdentity.Key, IdentityTokens.InternalPurpose, "gateway", TimeSpan.FromSeconds(-1), TimeProvider.System);
        return
        [
            $"{parts[0]}.{Base64Url.EncodeToString(Encoding.UTF8.GetBytes(payload))}.{parts[2]}",
            $"{none}.{parts[1]}.",
            $"{none}.{parts[1]}.{parts[2]}",
            good[..^1],
            $"{parts[0]}.{parts[1]}",
            session.Issue(TestIdentity.Student()),
            otherKey.Issue(TestIdentity.Student()),
            expired.Issue(TestIdentity.Student()),
            "..",
            new string('a', 10_000),
        ];
    }

    [Fact]
    public async Task A_call_made_for_a_user_carries_the_users_identity_and_one_made_alone_the_services_own()
    {
        await using var callee = await StartAsync();
        await using var caller = await SmallService.StartAsync(
            map: app => app.MapGet("/ask", async (IHttpClientFactory clients) => await clients.CreateClient().GetFromJsonAsync<CallerIdentity>("http://callee/me")),
            settings: new KeyValuePair<string, string?>("services:callee:http:0", callee.Address()));

        using var client = caller.Client();
        client.As(TestIdentity.Student("sam"));
        Assert.Equal("account-sam", (await client.GetFromJsonAsync<CallerIdentity>("/ask"))!.Subject);

        using var alone = caller.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        var service = await alone.GetFromJsonAsync<CallerIdentity>("http://callee/me");
        Assert.Equal("service:small", service!.Subject);
        Assert.Equal([Roles.Service], service.Roles);
    }

    [Fact]
    public async Task A_host_that_is_none_of_ours_is_sent_no_identity()
    {
        await using var stranger = await SmallService.StartAsync(map: app => app.MapGet("/seen", (HttpContext context) => context.Request.Headers.ContainsKey(IdentityHeader.Name)).AllowAnonymous());
        await using var app = await SmallService.StartAsync();
        using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient();
        Assert.False(await client.GetFromJsonAsync<bool>(new Uri(stranger.Address() + "/seen")));
    }

    [Fact]
    public async Task A_service_without_a_key_does_not_start_and_says_what_to_set()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => SmallService.StartAsync(settings: new KeyValuePair<string, string?>("Identity:Key", "short")));
        Assert.Contains("at least 32", failure.Message, StringComparison.Ordinal);
    }

    private static Task<WebApplication> StartAsync() =>
        SmallService.StartAsync(map: app => app.MapGet("/me", (HttpContext context) => context.User.Caller()));
}
