using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed class LearningEventTests(GatewayApplication application)
{
    [Fact]
    public async Task Signing_in_by_link_and_by_form_and_out_again_are_learning_events()
    {
        using var owner = application.Owner();
        using var response = await owner.PostAsJsonAsync("/accounts", new { name = "Seen" });
        var created = await response.Content.ReadFromJsonAsync<JsonElement>();
        var (learner, token) = (created.GetProperty("account").GetProperty("learner").GetString()!, created.GetProperty("token").GetString()!);
        using var browser = application.Client();
        using var byLink = await browser.GetAsync(new Uri($"/?token={token}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Redirect, byLink.StatusCode);
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["token"] = token });
        using var signIn = new HttpRequestMessage(HttpMethod.Post, "/signin") { Content = form, Headers = { { "Origin", application.Address.GetLeftPart(UriPartial.Authority) } } };
        using var byForm = await browser.SendAsync(signIn);
        Assert.Equal(HttpStatusCode.Redirect, byForm.StatusCode);
        using var signOut = new HttpRequestMessage(HttpMethod.Post, "/signout") { Headers = { { "Origin", application.Address.GetLeftPart(UriPartial.Authority) }, { "Authorization", $"Bearer {token}" } } };
        using var signedOut = await browser.SendAsync(signOut);
        Assert.Equal(HttpStatusCode.NoContent, signedOut.StatusCode);

        var sent = await application.Upstream.EventsOfAsync(learner, 3);
        Assert.Equal(["SignIn link", "SignIn form", "SignOut "], sent.Select(one => $"{one.GetProperty("type").GetString()} {(one.TryGetProperty("detail", out var detail) ? detail.GetProperty("by").GetString() : "")}"));
        Assert.All(sent, one => Assert.Equal("default", one.GetProperty("course").GetString()));
        Assert.DoesNotContain(token, string.Concat(sent), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_learner_beyond_the_rate_is_a_learning_event_once()
    {
        using var owner = application.Owner();
        using var response = await owner.PostAsJsonAsync("/accounts", new { name = "Hasty" });
        var created = await response.Content.ReadFromJsonAsync<JsonElement>();
        var learner = created.GetProperty("account").GetProperty("learner").GetString()!;
        using var student = application.ClientWith(created.GetProperty("token").GetString()!);
        var refused = 0;
        for (var i = 0; i < 20_000 && refused < 2; i++)
        {
            using var answer = await student.GetAsync(new Uri("/identity", UriKind.Relative));
            refused += answer.StatusCode == HttpStatusCode.TooManyRequests ? 1 : 0;
        }

        Assert.Equal(2, refused);
        var one = Assert.Single(await application.Upstream.EventsOfAsync(learner, 1));
        Assert.Equal(("PolicyDecision", "rate_limited"), (one.GetProperty("type").GetString(), one.GetProperty("detail").GetProperty("decision").GetString()));
    }
}
