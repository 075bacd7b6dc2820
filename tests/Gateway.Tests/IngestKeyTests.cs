using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Lyceum.ServiceDefaults.Identity;
using Lyceum.Testing;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed class IngestKeyTests(GatewayApplication application)
{
    private static readonly IdentityTokens Tokens = new(TestIdentity.Key, IdentityTokens.InternalPurpose, "test", TimeSpan.FromMinutes(5), TimeProvider.System);

    [Fact]
    public async Task A_key_in_the_URL_sends_events_of_its_course_until_it_is_revoked()
    {
        using var owner = application.Owner();
        var (id, token) = await CreateAsync(owner, "params.student");
        using var source = application.Client();
        using var sent = await source.PostAsJsonAsync($"/key/{token}/telemetry/events/2026/01/31/09?user=ada", new { events = Array.Empty<object>() });
        var seen = await sent.Content.ReadFromJsonAsync<Seen>();

        Assert.Equal("/telemetry/events/2026/01/31/09?user=ada", seen!.Target);
        Assert.DoesNotContain(seen.Headers.Values, value => value.Contains(token, StringComparison.Ordinal));
        var caller = Tokens.Read(seen.Headers[IdentityHeader.Name]);
        Assert.Equal(("default", "", $"source:{id}"), (caller!.Course, caller.Learner, caller.Subject));
        Assert.Equal([Roles.Source, Roles.SendsEvents, Roles.AsksTutor], caller.Roles);
        Assert.Equal("params.student", caller.Source!.Field);
        Assert.NotEmpty(caller.Source.Key);

        using var revoked = await owner.DeleteAsync(new Uri($"/ingest-keys/{id}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        using var after = await source.PostAsJsonAsync($"/key/{token}/telemetry/events", new { events = Array.Empty<object>() });
        Assert.Equal(HttpStatusCode.Unauthorized, after.StatusCode);
    }

    [Theory]
    [InlineData("/identity")]
    [InlineData("/accounts")]
    [InlineData("/ingest-keys")]
    [InlineData("/api/kernels")]
    [InlineData("/api/tags")]
    [InlineData("/llm/chat/")]
    [InlineData("/expert_query")]
    [InlineData("/telemetry/learners/me/last-error")]
    [InlineData("/telemetry/courses/default/activity")]
    public async Task A_key_may_do_nothing_but_send_events_and_ask_the_tutor(string path)
    {
        using var owner = application.Owner();
        var (_, token) = await CreateAsync(owner, "?user");
        using var source = application.ClientWith(token);
        using var response = await source.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task A_key_may_send_floods_of_events_but_not_of_questions()
    {
        using var owner = application.Owner();
        var (_, token) = await CreateAsync(owner, "params.student");
        using var source = application.ClientWith(token);

        Assert.Contains(HttpStatusCode.TooManyRequests, await StatusesAsync("/verify_ta"));
        Assert.DoesNotContain(HttpStatusCode.TooManyRequests, await StatusesAsync("/telemetry/events"));

        async Task<HttpStatusCode[]> StatusesAsync(string path)
        {
            System.Collections.Concurrent.ConcurrentBag<HttpStatusCode> statuses = [];
            await Parallel.ForEachAsync(Enumerable.Range(0, 4000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (_, cancellationToken) =>
            {
                if (path.StartsWith("/telemetry", StringComparison.Ordinal) || !statuses.Contains(HttpStatusCode.TooManyRequests))
                {
                    using var response = await source.GetAsync(new Uri(path, UriKind.Relative), cancellationToken);
                    statuses.Add(response.StatusCode);
                }
            });
            return [.. statuses];
        }
    }

    [Fact]
    public async Task A_key_and_an_instructors_token_name_students_to_the_tutor_alike_and_a_students_names_none()
    {
        using var owner = application.Owner();
        var (id, token) = await CreateAsync(owner, "params.student");
        using var source = application.ClientWith(token);
        using var made = await owner.PostAsJsonAsync("/accounts", new { name = "Kim" });
        using var student = application.ClientWith((await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!);

        var (bySource, byOwner, byStudent) = (await CallerAsync(source), await CallerAsync(owner), await CallerAsync(student));

        Assert.Equal(($"source:{id}", "default"), (bySource.Subject, bySource.Course));
        Assert.Equal(bySource.Source!.PseudonymOf("ada"), byOwner.Source!.PseudonymOf("ada"));
        Assert.NotEqual(bySource.Source.PseudonymOf("ada"), bySource.Source.PseudonymOf("bob"));
        Assert.Null(byStudent.Source);
        var elsewhere = await owner.GetFromJsonAsync<Seen>("/llm/chat/sessions/");
        Assert.Null(Tokens.Read(elsewhere!.Headers[IdentityHeader.Name])!.Source);

        static async Task<CallerIdentity> CallerAsync(HttpClient client)
        {
            using var sent = await client.PostAsJsonAsync("/receive_student_message", new { student_id = "ada" });
            return Tokens.Read((await sent.Content.ReadFromJsonAsync<Seen>())!.Headers[IdentityHeader.Name])!;
        }
    }

    [Theory]
    [InlineData(null, "/telemetry/events", "/receive_student_message")]
    [InlineData("events", "/telemetry/events", "/receive_student_message")]
    [InlineData("tutor", "/receive_student_message", "/telemetry/events")]
    public async Task A_key_opens_only_what_it_is_for(string? scope, string open, string closed)
    {
        using var owner = application.Owner();
        using var made = await owner.PostAsJsonAsync("/ingest-keys", scope is null ? (object)new { name = "one", learner_field = "user" } : new { name = "one", learner_field = "user", scopes = (string[])[scope] });
        var created = await made.Content.ReadFromJsonAsync<JsonElement>();
        Assert.Equal([scope ?? "events"], created.GetProperty("key").GetProperty("scopes").EnumerateArray().Select(one => one.GetString()));
        Assert.Equal(scope == "tutor", created.GetProperty("events_path").ValueKind == JsonValueKind.Null);
        Assert.Equal(scope == "tutor", created.GetProperty("tutor_path").ValueKind == JsonValueKind.String);
        using var source = application.ClientWith(created.GetProperty("token").GetString()!);

        using var taken = await source.PostAsJsonAsync(open, new { student_id = "ada" });
        using var refused = await source.PostAsJsonAsync(closed, new { student_id = "ada" });

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (taken.StatusCode, refused.StatusCode));
    }

    [Fact]
    public async Task Keys_are_listed_without_their_secrets_to_the_courses_instructors_only()
    {
        using var owner = application.Owner();
        var (id, token) = await CreateAsync(owner, "user");
        var text = await owner.GetStringAsync(new Uri("/ingest-keys", UriKind.Relative));
        Assert.DoesNotContain(token, text, StringComparison.Ordinal);
        var key = JsonElement.Parse(text).GetProperty("keys").EnumerateArray().Single(one => one.GetProperty("id").GetString() == id);
        Assert.Equal("user", key.GetProperty("learner_field").GetString());

        using var made = await owner.PostAsJsonAsync("/accounts", new { name = "Flo" });
        var student = (await made.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString()!;
        using var client = application.ClientWith(student);
        using var list = await client.GetAsync(new Uri("/ingest-keys", UriKind.Relative));
        using var create = await client.PostAsJsonAsync("/ingest-keys", new { name = "mine", learner_field = "user" });
        Assert.Equal((HttpStatusCode.Forbidden, HttpStatusCode.Forbidden), (list.StatusCode, create.StatusCode));
    }

    [Theory]
    [InlineData("""{"name": "", "learner_field": "user"}""", "name")]
    [InlineData("""{"name": "x"}""", "learner_field")]
    [InlineData("""{"name": "x", "learner_field": "a..b"}""", "learner_field")]
    [InlineData("""{"name": "x", "learner_field": "?a.b"}""", "learner_field")]
    [InlineData("""{"name": "x", "learner_field": "user", "scopes": []}""", "scopes")]
    [InlineData("""{"name": "x", "learner_field": "user", "scopes": ["everything"]}""", "scopes")]
    [InlineData("""{"name": "x", "learner_field": "user", "scopes": [null]}""", "scopes")]
    public async Task A_bad_key_is_refused_by_field(string body, string field)
    {
        using var owner = application.Owner();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await owner.PostAsync(new Uri("/ingest-keys", UriKind.Relative), content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        var problem = await response.Content.ReadFromJsonAsync<JsonElement>();
        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _));
    }

    private static async Task<(string Id, string Token)> CreateAsync(HttpClient client, string field)
    {
        using var response = await client.PostAsJsonAsync("/ingest-keys", new { name = "hub", learner_field = field, scopes = (string[])["events", "tutor"] });
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
        var created = await response.Content.ReadFromJsonAsync<JsonElement>();
        var token = created.GetProperty("token").GetString()!;
        Assert.Equal($"/key/{token}/telemetry/events", created.GetProperty("events_path").GetString());
        return (created.GetProperty("key").GetProperty("id").GetString()!, token);
    }
}
