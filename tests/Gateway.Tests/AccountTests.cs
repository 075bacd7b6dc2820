using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed class AccountTests(GatewayApplication application)
{
    [Fact]
    public async Task A_new_student_signs_in_with_the_token_until_the_account_is_deleted()
    {
        using var owner = application.Owner();
        var (id, token) = await CreateAsync(owner, "Ada", "student");

        using var student = application.ClientWith(token);
        var self = await student.GetFromJsonAsync<JsonElement>("/identity");
        Assert.Equal("Ada", self.GetProperty("name").GetString());
        Assert.Equal(["student"], self.GetProperty("roles").EnumerateArray().Select(role => role.GetString()));

        using var deleted = await owner.DeleteAsync(new Uri($"/accounts/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        using var after = await student.GetAsync(new Uri("/identity", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Fact]
    public async Task Students_neither_see_nor_make_accounts()
    {
        using var owner = application.Owner();
        var (_, token) = await CreateAsync(owner, "Bo", "student");
        using var student = application.ClientWith(token);
        using var list = await student.GetAsync(new Uri("/accounts", UriKind.Relative));
        using var create = await student.PostAsJsonAsync("/accounts", new { name = "Eve" });
        Assert.Equal(HttpStatusCode.Forbidden, list.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, create.StatusCode);
    }

    [Fact]
    public async Task Instructors_make_students_but_no_instructors_and_delete_none()
    {
        using var owner = application.Owner();
        var (id, token) = await CreateAsync(owner, "Ines", "instructor");
        using var instructor = application.ClientWith(token);
        await CreateAsync(instructor, "Cy", "student");
        using var promoted = await instructor.PostAsJsonAsync("/accounts", new { name = "Cy", roles = new[] { "instructor" } });
        Assert.Equal(HttpStatusCode.Forbidden, promoted.StatusCode);
        using var deleted = await instructor.DeleteAsync(new Uri($"/accounts/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, deleted.StatusCode);
    }

    [Fact]
    public async Task The_list_names_each_learners_pseudonym_and_no_token()
    {
        using var owner = application.Owner();
        var (id, token) = await CreateAsync(owner, "Dee", "student");
        var text = await owner.GetStringAsync(new Uri("/accounts", UriKind.Relative));
        Assert.DoesNotContain(token, text, StringComparison.Ordinal);
        var dee = JsonDocument.Parse(text).RootElement.GetProperty("accounts").EnumerateArray().Single(account => account.GetProperty("id").GetString() == id);
        Assert.Matches("^[0-9a-f]{32}$", dee.GetProperty("learner").GetString());
        Assert.True(dee.GetProperty("created_at").TryGetDateTimeOffset(out _));
    }

    [Fact]
    public async Task Services_alone_are_told_what_the_people_of_a_course_are_called()
    {
        using var owner = application.Owner();
        await CreateAsync(owner, "Grace Hopper", "student");
        using var service = application.Client().As(TestIdentity.Service("telemetryingest"));
        var names = await service.GetFromJsonAsync<JsonElement>("/accounts/names?course=default");
        Assert.Contains("Grace Hopper", names.GetProperty("names").EnumerateArray().Select(name => name.GetString()));
        Assert.Empty((await service.GetFromJsonAsync<JsonElement>("/accounts/names?course=another")).GetProperty("names").EnumerateArray());

        using var asOwner = await owner.GetAsync(new Uri("/accounts/names?course=default", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, asOwner.StatusCode);
        using var forged = application.Client().As(TestIdentity.Instructor());
        using var refused = await forged.GetAsync(new Uri("/accounts/names?course=default", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var list = await service.GetAsync(new Uri("/accounts", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, list.StatusCode);
    }

    [Fact]
    public async Task Many_are_made_at_once_or_none()
    {
        using var owner = application.Owner();
        using var refused = await owner.PostAsJsonAsync("/accounts/batch", new { accounts = new object[] { new { name = "Whole Class" }, new { name = "" }, new { name = "X", course = "No Slug" } } });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        var errors = (await refused.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal(["accounts[1].name", "accounts[2].course"], errors.EnumerateObject().Select(error => error.Name));
        Assert.DoesNotContain("Whole Class", await owner.GetStringAsync(new Uri("/accounts", UriKind.Relative)), StringComparison.Ordinal);

        using var response = await owner.PostAsJsonAsync("/accounts/batch", new { accounts = Enumerable.Range(0, 500).Select(i => new { name = $"Member {i:000}", course = "statistics" }) });
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        JsonElement[] made = [.. (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("accounts").EnumerateArray()];
        Assert.Equal(500, made.Select(one => one.GetProperty("token").GetString()).Distinct().Count());
        Assert.Equal("Member 499", made[^1].GetProperty("account").GetProperty("name").GetString());
        using var last = application.ClientWith(made[^1].GetProperty("token").GetString()!);
        Assert.Equal("statistics", (await last.GetFromJsonAsync<JsonElement>("/identity")).GetProperty("course").GetString());
        using var tooMany = await owner.PostAsJsonAsync("/accounts/batch", new { accounts = Enumerable.Range(0, 1001).Select(i => new { name = "n" }) });
        Assert.Equal(HttpStatusCode.BadRequest, tooMany.StatusCode);
    }

    [Fact]
    public async Task The_owner_opens_a_course_by_making_its_instructor_who_stays_in_it()
    {
        using var owner = application.Owner();
        using var made = await owner.PostAsJsonAsync("/accounts", new { name = "Ida", roles = new[] { "instructor" }, course = "biology" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var created = await made.Content.ReadFromJsonAsync<JsonElement>();
        using var instructor = application.ClientWith(created.GetProperty("token").GetString()!);
        await CreateAsync(instructor, "Bea of Biology", "student");
        Assert.Contains("Bea of Biology", await owner.GetStringAsync(new Uri("/accounts?course=biology", UriKind.Relative)), StringComparison.Ordinal);

        using var elsewhere = await instructor.PostAsJsonAsync("/accounts", new { name = "Spy", course = "default" });
        using var listed = await instructor.GetAsync(new Uri("/accounts?course=default", UriKind.Relative));
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (elsewhere.StatusCode, listed.StatusCode));
    }

    [Fact]
    public async Task A_lost_link_is_replaced_and_with_it_whoever_was_signed_in_is_signed_out()
    {
        using var owner = application.Owner();
        var (id, token) = await CreateAsync(owner, "Flo", "student");
        using var browser = application.Client();
        using var opened = await browser.GetAsync(new Uri($"/?token={token}", UriKind.Relative));
        var cookie = opened.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(browser, cookie));

        using var response = await owner.PostAsync(new Uri($"/accounts/{id}/token", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var renewed = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal(id, renewed.GetProperty("account").GetProperty("id").GetString());

        using var old = application.ClientWith(token);
        using var late = await old.GetAsync(new Uri("/identity", UriKind.Relative));
        Assert.Equal(HttpStatusCode.Unauthorized, late.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(browser, cookie));
        using var student = application.ClientWith(renewed.GetProperty("token").GetString()!);
        Assert.Equal("Flo", (await student.GetFromJsonAsync<JsonElement>("/identity")).GetProperty("name").GetString());

        // An instructor does so for students alone.
        var (ines, _) = await CreateAsync(owner, "Ines", "instructor");
        var (_, other) = await CreateAsync(owner, "Otto", "instructor");
        using var instructor = application.ClientWith(other);
        using var taken = await instructor.PostAsync(new Uri($"/accounts/{ines}/token", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.NotFound, taken.StatusCode);

        static async Task<HttpStatusCode> StatusAsync(HttpClient client, string cookie)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/identity");
            request.Headers.Add("Cookie", cookie);
            using var answer = await client.SendAsync(request);
            return answer.StatusCode;
        }
    }

    [Theory]
    [InlineData("""{"name": ""}""", "name")]
    [InlineData("""{}""", "name")]
    [InlineData("""{"name": "Max", "roles": ["owner"]}""", "roles")]
    [InlineData("""{"name": "Max", "course": "../x"}""", "course")]
    public async Task A_bad_account_is_refused_by_field(string body, string field)
    {
        using var owner = application.Owner();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await owner.PostAsync(new Uri("/accounts", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    [Fact]
    public async Task Bad_JSON_is_400_that_says_where()
    {
        using var owner = application.Owner();
        using var content = new StringContent("{\"name\": \n oops}", System.Text.Encoding.UTF8, "application/json");
        using var response = await owner.PostAsync(new Uri("/accounts", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("LineNumber: 1", (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    private static async Task<(string Id, string Token)> CreateAsync(HttpClient client, string name, string role)
    {
        using var response = await client.PostAsJsonAsync("/accounts", new { name, roles = new[] { role } });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var created = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.EndsWith(created.GetProperty("token").GetString()!, created.GetProperty("sign_in_path").GetString(), StringComparison.Ordinal);
        return (created.GetProperty("account").GetProperty("id").GetString()!, created.GetProperty("token").GetString()!);
    }
}
