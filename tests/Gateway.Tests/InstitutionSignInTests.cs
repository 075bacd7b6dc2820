using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using Lyceum.Testing;
using Microsoft.IdentityModel.Tokens;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed class InstitutionSignInTests(GatewayApplication application) : IAsyncLifetime
{
    private readonly OpenIdProvider _provider = new();
    private readonly string _login = $"{Guid.NewGuid():N}@example.edu";
    private ServiceUnderTest<Program> _gateway = null!;
    private Uri _address = null!;

    public async Task InitializeAsync()
    {
        await _provider.StartAsync();
        _provider.Person = PersonOf(_login);
        _provider.UserInfo = new() { ["sub"] = _login };
        (_gateway, _address) = await StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _gateway.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_on_the_list_signs_in_at_the_institution_and_is_back_on_the_page()
    {
        var id = await ListAsync(_login.ToUpperInvariant());
        using var browser = new Browser(_address);

        var page = await browser.GetAsync("/notebooks/w%C3%B6che%201.ipynb");
        Assert.Equal(HttpStatusCode.Unauthorized, page.Status);
        Assert.Contains("Sign in with Example University", page.Text, StringComparison.Ordinal);
        var end = await browser.FollowAsync(page.Text.Split("class=\"institution\" href=\"")[1].Split('"')[0]);

        Assert.Equal("/notebooks/w%C3%B6che%201.ipynb", end);
        Assert.Equal(id, (await browser.SelfAsync()).GetProperty("subject").GetString());
        using var owner = application.Owner();
        var listed = (await owner.GetFromJsonAsync<JsonElement>("/accounts")).GetProperty("accounts").EnumerateArray().Single(one => one.GetProperty("id").GetString() == id);
        Assert.Equal(_login, listed.GetProperty("login").GetString());
        var seen = Assert.Single(await application.Upstream.EventsOfAsync(listed.GetProperty("learner").GetString()!, 1));
        Assert.Equal(("SignIn", "institution"), (seen.GetProperty("type").GetString(), seen.GetProperty("detail").GetProperty("by").GetString()));
    }

    [Fact]
    public async Task A_person_keeps_the_account_when_the_institution_gives_them_another_address_and_its_next_holder_does_not_get_it()
    {
        var id = await ListAsync(_login);
        using var browser = new Browser(_address);
        Assert.Equal("/", await browser.SignInAsync());

        _provider.Person["email"] = "married@example.edu";
        Assert.Equal("/", await browser.SignInAsync());
        Assert.Equal(id, (await browser.SelfAsync()).GetProperty("subject").GetString());

        _provider.Person = PersonOf(_login, subject: "the next holder");
        _provider.UserInfo["sub"] = "the next holder";
        using var next = new Browser(_address);
        Assert.Equal("/?failed=Unlisted", await next.SignInAsync());
    }

    [Fact]
    public async Task Who_is_not_on_the_list_is_told_so_in_plain_words_and_gets_no_account()
    {
        using var browser = new Browser(_address);
        var end = await browser.SignInAsync();

        Assert.Equal("/?failed=Unlisted", end);
        Assert.Contains("You are not on the list of a course here.", (await browser.GetAsync(end)).Text, StringComparison.Ordinal);
        using var owner = application.Owner();
        Assert.DoesNotContain(_login, await owner.GetStringAsync(new Uri("/accounts", UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anybody_of_the_institution_is_let_in_where_the_operator_says_so_with_the_groups_role_once()
    {
        var (gateway, address) = await StartAsync(
            new("SignIn:Oidc:Admits", "Anybody"), new("SignIn:Oidc:Course", "chemistry"), new("SignIn:Oidc:AllowedDomains:0", "example.edu"), new("SignIn:Oidc:InstructorGroups:0", "staff"));
        await using var _ = gateway;
        _provider.UserInfo["groups"] = new[] { "everybody", "staff" };
        using var browser = new Browser(address);
        Assert.Equal("/", await browser.SignInAsync());
        var self = await browser.SelfAsync();
        Assert.Equal(("Ada Lovelace", "chemistry"), (self.GetProperty("name").GetString(), self.GetProperty("course").GetString()));
        Assert.Equal(["instructor"], self.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));

        using var again = new Browser(address);
        await again.SignInAsync();
        Assert.Equal(self.GetProperty("subject").GetString(), (await again.SelfAsync()).GetProperty("subject").GetString());
    }

    [Theory]
    [InlineData("ada@evil.example", "members")]
    [InlineData("ada@notexample.edu", "members")]
    [InlineData("example.edu", "members")]
    [InlineData("ada@example.edu", "others")]
    public async Task Domains_and_groups_that_are_not_let_in_are_not(string login, string group)
    {
        var (gateway, address) = await StartAsync(
            new("SignIn:Oidc:Admits", "Anybody"), new("SignIn:Oidc:AllowedDomains:0", "example.edu"), new("SignIn:Oidc:AllowedGroups:0", "members"));
        await using var _ = gateway;
        _provider.Person["email"] = login;
        _provider.Person["groups"] = new[] { group };
        using var browser = new Browser(address);
        Assert.Equal("/?failed=NotAllowed", await browser.SignInAsync());
    }

    [Fact]
    public async Task An_address_that_the_institution_has_not_verified_opens_no_account()
    {
        await ListAsync(_login);
        _provider.Person["email_verified"] = false;
        using var browser = new Browser(_address);
        Assert.Equal("/?failed=Nameless", await browser.SignInAsync());
    }

    [Theory]
    [InlineData("nonce")]
    [InlineData("issuer")]
    [InlineData("audience")]
    [InlineData("expiry")]
    [InlineData("key")]
    [InlineData("signature")]
    public async Task A_token_that_is_not_in_order_signs_nobody_in(string wrong)
    {
        await ListAsync(_login);
        _provider.Fault = token =>
        {
            switch (wrong)
            {
                case "nonce": token.Claims["nonce"] = "of another sign-in"; break;
                case "issuer": token.Issuer = "http://issuer.example"; break;
                case "audience": token.Audience = "another client"; break;
                case "expiry": (token.IssuedAt, token.NotBefore, token.Expires) = (DateTime.UtcNow.AddHours(-2), DateTime.UtcNow.AddHours(-2), DateTime.UtcNow.AddHours(-1)); break;
                case "key": token.SigningCredentials = new(new RsaSecurityKey(RSA.Create(2048)) { KeyId = token.SigningCredentials.Key.KeyId }, SecurityAlgorithms.RsaSha256); break;
                default: token.SigningCredentials = null; break;
            }
        };
        using var browser = new Browser(_address);
        Assert.Equal("/?failed=Untrusted", await browser.SignInAsync());
        Assert.Contains("could not be trusted", (await browser.GetAsync("/?failed=Untrusted")).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/identity")).Status);
    }

    [Fact]
    public async Task A_new_key_of_the_provider_is_fetched_when_a_token_needs_it()
    {
        await ListAsync(_login);
        using var browser = new Browser(_address);
        Assert.Equal("/", await browser.SignInAsync());

        _provider.RotateKey();
        using var after = new Browser(_address);
        Assert.Equal("/", await after.SignInAsync());
    }

    [Fact]
    public async Task While_the_provider_is_down_the_page_says_so_and_links_go_on()
    {
        await ListAsync(_login);
        _provider.IsDown = true;
        using var browser = new Browser(_address);
        var end = await browser.SignInAsync();
        Assert.Equal("/?failed=Unreachable", end);
        var page = await browser.GetAsync(end);
        Assert.Contains("The sign-in at Example University does not answer at the moment.", page.Text, StringComparison.Ordinal);
        Assert.Equal("/", await browser.FollowAsync($"/?token={GatewayApplication.OwnerToken}"));

        _provider.IsDown = false;
        using var later = new Browser(_address);
        Assert.Equal("/", await later.SignInAsync());
    }

    [Fact]
    public async Task A_provider_that_goes_down_before_the_code_is_redeemed_is_said_to_be_away()
    {
        await ListAsync(_login);
        using var browser = new Browser(_address);
        var callback = await browser.CallbackAsync();
        _provider.IsDown = true;
        Assert.Equal("/?failed=Unreachable", await browser.FollowAsync(callback));
    }

    [Fact]
    public async Task Who_turns_back_at_the_institution_is_back_at_the_sign_in_page()
    {
        _provider.Refusal = "access_denied";
        using var browser = new Browser(_address);
        Assert.Equal("/?failed=Cancelled", await browser.SignInAsync());
    }

    [Fact]
    public async Task An_answer_is_taken_only_in_the_browser_that_asked_and_only_once()
    {
        await ListAsync(_login);
        using var asked = new Browser(_address);
        var callback = await asked.CallbackAsync();

        using var another = new Browser(_address);
        Assert.Equal("/?failed=Outdated", await another.FollowAsync(callback));
        Assert.Equal("/?failed=Outdated", await another.FollowAsync("/signin/institution/done?code=made-up&state=made-up"));
        Assert.Equal("/", await asked.FollowAsync(callback));
        Assert.Equal("/?failed=Outdated", await asked.FollowAsync(callback));
    }

    [Fact]
    public async Task A_sign_in_that_one_replica_has_begun_another_ends()
    {
        var id = await ListAsync(_login);
        var (gateway, address) = await StartAsync(new KeyValuePair<string, string?>("SignIn:Oidc:PublicAddress", _address.ToString()));
        await using var _ = gateway;
        using var browser = new Browser(_address);
        var callback = new Uri(await browser.CallbackAsync());
        Assert.Equal("/", await browser.FollowAsync(new Uri(address, callback.PathAndQuery).ToString()));
        Assert.Equal(id, (await browser.SelfAsync()).GetProperty("subject").GetString());
    }

    [Theory]
    [InlineData("https://evil.example/")]
    [InlineData("//evil.example/")]
    [InlineData("/\\evil.example/")]
    [InlineData("/\t/evil.example/")]
    [InlineData("evil.example")]
    public async Task The_way_back_leads_to_no_other_site(string to)
    {
        await ListAsync(_login);
        using var browser = new Browser(_address);
        Assert.Equal("/", await browser.SignInAsync(to));
    }

    [Fact]
    public async Task Behind_a_proxy_that_ends_TLS_the_provider_is_told_the_public_address_and_cookies_are_secure()
    {
        var (gateway, address) = await StartAsync(new KeyValuePair<string, string?>("SignIn:Oidc:PublicAddress", "https://lyceum.example.edu"));
        await using var _ = gateway;
        using var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
        using var begun = await client.GetAsync(new Uri("/signin/institution", UriKind.Relative));
        Assert.Contains("redirect_uri=https%3A%2F%2Flyceum.example.edu%2Fsignin%2Finstitution%2Fdone", begun.Headers.Location!.AbsoluteUri, StringComparison.Ordinal);
        Assert.All(begun.Headers.GetValues("Set-Cookie"), cookie => Assert.Contains("secure; samesite=lax; httponly", cookie, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task A_session_from_the_institution_ends_as_others_do_when_the_account_gets_a_new_link()
    {
        var id = await ListAsync(_login);
        using var browser = new Browser(_address);
        await browser.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/identity")).Status);

        using var owner = OwnerHere();
        using var renewed = await owner.PostAsync(new Uri($"/accounts/{id}/token", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Unauthorized, (await browser.GetAsync("/identity")).Status);
    }

    [Fact]
    public async Task Another_login_signs_out_who_had_come_by_the_wrong_one()
    {
        var id = await ListAsync("wrong-" + _login);
        _provider.Person["email"] = "wrong-" + _login;
        using var wrong = new Browser(_address);
        await wrong.SignInAsync();
        Assert.Equal(HttpStatusCode.OK, (await wrong.GetAsync("/identity")).Status);

        using var owner = OwnerHere();
        using var changed = await owner.PutAsJsonAsync($"/accounts/{id}/login", new { login = _login });
        Assert.Equal(_login, (await changed.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("login").GetString());
        Assert.Equal(HttpStatusCode.Unauthorized, (await wrong.GetAsync("/identity")).Status);
        Assert.Equal("/?failed=Unlisted", await wrong.SignInAsync());

        _provider.Person = PersonOf(_login, subject: "the right one");
        _provider.UserInfo["sub"] = "the right one";
        using var right = new Browser(_address);
        Assert.Equal("/", await right.SignInAsync());
        Assert.Equal(id, (await right.SelfAsync()).GetProperty("subject").GetString());
    }

    [Fact]
    public async Task A_login_is_one_persons()
    {
        var first = await ListAsync(_login);
        var second = await ListAsync("second-" + _login);
        using var owner = application.Owner();
        using var batch = await owner.PostAsJsonAsync("/accounts/batch", new { accounts = new[] { new { name = "New", login = "new-" + _login }, new { name = "Twin", login = _login } } });
        using var single = await owner.PostAsJsonAsync("/accounts", new { name = "Twin", login = _login });
        using var changed = await owner.PutAsJsonAsync($"/accounts/{second}/login", new { login = _login });
        using var spaced = await owner.PutAsJsonAsync($"/accounts/{second}/login", new { login = "a b@example.edu" });
        using var kept = await owner.PutAsJsonAsync($"/accounts/{first}/login", new { login = _login });

        Assert.Equal(["accounts[1].login"], await FieldsAsync(batch));
        Assert.Equal(["login"], await FieldsAsync(single));
        Assert.Equal(["login"], await FieldsAsync(changed));
        Assert.Equal(["login"], await FieldsAsync(spaced));
        Assert.Equal(HttpStatusCode.OK, kept.StatusCode);
        Assert.DoesNotContain("new-" + _login, await owner.GetStringAsync(new Uri("/accounts", UriKind.Relative)), StringComparison.Ordinal);

        static async Task<IEnumerable<string>> FieldsAsync(HttpResponseMessage refused)
        {
            Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
            return [.. (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").EnumerateObject().Select(error => error.Name)];
        }
    }

    [Fact]
    public async Task Without_a_provider_there_is_neither_a_way_to_it_nor_word_of_it()
    {
        using var client = application.Client();
        using var page = await client.GetAsync(new Uri("/", UriKind.Relative));
        Assert.DoesNotContain("institution\"", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var owner = application.Owner();
        using var begun = await owner.GetAsync(new Uri("/signin/institution", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, begun.StatusCode);
        using var here = OwnerHere();
        Assert.Equal(JsonValueKind.Null, (await owner.GetFromJsonAsync<JsonElement>("/accounts")).GetProperty("institution").ValueKind);
        Assert.Equal("Example University", (await here.GetFromJsonAsync<JsonElement>("/accounts")).GetProperty("institution").GetString());
    }

    [Theory]
    [InlineData("SignIn:Oidc:Authority", "http://login.example.edu", "https://")]
    [InlineData("SignIn:Oidc:ClientSecret", "", "ClientSecret is missing")]
    [InlineData("SignIn:Oidc:PublicAddress", "lyceum.example.edu", "PublicAddress")]
    [InlineData("SignIn:Oidc:Scopes", "profile", "openid")]
    public async Task A_wrong_setting_stops_the_start_with_what_to_write(string key, string value, string told)
    {
        var failure = await Assert.ThrowsAnyAsync<Exception>(() => StartAsync(new KeyValuePair<string, string?>(key, value)));
        Assert.Contains(told, failure.ToString(), StringComparison.Ordinal);
    }

    private static Dictionary<string, object> PersonOf(string login, string? subject = null) =>
        new() { ["sub"] = subject ?? login, ["email"] = login, ["email_verified"] = true, ["name"] = "Ada Lovelace" };

    private async Task<(ServiceUnderTest<Program> Gateway, Uri Address)> StartAsync(params KeyValuePair<string, string?>[] settings)
    {
        var gateway = await application.StartAsync(GatewayApplication.OwnerToken, [
            new("SignIn:Oidc:Authority", _provider.Address.ToString()),
            new("SignIn:Oidc:ClientId", OpenIdProvider.ClientId),
            new("SignIn:Oidc:ClientSecret", OpenIdProvider.ClientSecret),
            new("SignIn:Oidc:Name", "Example University"),
            .. settings,
        ]);
        using var client = gateway.CreateClient();
        return (gateway, client.BaseAddress!);
    }

    private HttpClient OwnerHere()
    {
        var client = _gateway.CreateClient();
        client.DefaultRequestHeaders.Authorization = new("Bearer", GatewayApplication.OwnerToken);
        return client;
    }

    private async Task<string> ListAsync(string login)
    {
        using var owner = application.Owner();
        using var made = await owner.PostAsJsonAsync("/accounts", new { name = "On the list", login });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        return (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("account").GetProperty("id").GetString()!;
    }

    /// <summary>Goes where it is sent and keeps cookies, as browsers do.</summary>
    private sealed class Browser(Uri home) : IDisposable
    {
        private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = home };

        public void Dispose() => _client.Dispose();

        public async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
        {
            using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
            return (response.StatusCode, await response.Content.ReadAsStringAsync());
        }

        public async Task<JsonElement> SelfAsync() => await _client.GetFromJsonAsync<JsonElement>("/identity");

        public Task<string> SignInAsync(string to = "/") => FollowAsync($"/signin/institution?to={Uri.EscapeDataString(to)}");

        /// <summary>Signs in up to where the institution sends the browser back to.</summary>
        public async Task<string> CallbackAsync()
        {
            using var begun = await _client.GetAsync(new Uri("/signin/institution", UriKind.Relative));
            using var answered = await _client.GetAsync(begun.Headers.Location);
            return answered.Headers.Location!.ToString();
        }

        /// <summary>Where it ends, as a path of ours: at the first answer that leads to a page.</summary>
        public async Task<string> FollowAsync(string address)
        {
            var next = new Uri(home, address);
            while (next.AbsolutePath.StartsWith("/signin", StringComparison.Ordinal) || next.Query.Contains("token=", StringComparison.Ordinal) || next.AbsolutePath == "/authorize")
            {
                using var response = await _client.GetAsync(next);
                Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
                next = new Uri(next, response.Headers.Location!);
            }

            Assert.Contains(next.Authority, (string[])[home.Authority, new Uri(home, address).Authority]);
            return next.PathAndQuery;
        }
    }
}
