using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Lyceum.Gateway.Tests;

[Collection(nameof(GatewayApplication))]
public sealed class ErasureTests(GatewayApplication application)
{
    [Fact]
    public async Task A_learner_is_forgotten_by_every_service_and_has_a_proof_without_an_identity_in_it()
    {
        using var owner = application.Owner();
        var (id, learner, student) = await StudentAsync(owner, "Forgotten Ada");
        using (student)
        {
            application.Upstream.ErasuresToFail = 1;
            var begun = await PostAsync(student, "/accounts/me/erasure");
            Assert.Equal(JsonValueKind.Null, begun.GetProperty("proof").ValueKind);
            var done = await DoneAsync(student, begun);

            Assert.Equal("learner", done.GetProperty("requested_by").GetString());
            Assert.Equal(
                """{"chatservice":{"events":3},"telemetryingest":{"events":3}}""",
                JsonSerializer.Serialize(done.GetProperty("removed").EnumerateObject().OrderBy(one => one.Name, StringComparer.Ordinal).ToDictionary(one => one.Name, one => one.Value)));
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("lyceum/erasure/" + learner))), done.GetProperty("subject_hash").GetString());
            Assert.True(done.GetProperty("is_intact").GetBoolean());
            Assert.DoesNotContain(learner, done.GetRawText(), StringComparison.Ordinal);
            Assert.DoesNotContain(id, done.GetRawText(), StringComparison.Ordinal);
            var asked = application.Upstream.Erasures.Where(one => one.Body.GetProperty("learner").GetString() == learner).ToList();
            Assert.Equal(["/telemetry/erasures", "/tutor/erasures"], asked.Select(one => one.Path).Distinct().Order());
            Assert.All(asked, one => Assert.Equal(id, one.Body.GetProperty("subject").GetString()));

            // Nothing says any more whom it was about.
            await using var data = Npgsql.NpgsqlDataSource.Create(application.Database);
            await using var command = data.CreateCommand("SELECT count(*) FROM erasures WHERE who IS NOT NULL AND done_at IS NOT NULL");
            Assert.Equal(0L, await command.ExecuteScalarAsync());

            // The account stays, and its holder may ask again.
            using var self = await student.GetAsync(new Uri("/identity", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, self.StatusCode);
            var again = await DoneAsync(student, await PostAsync(student, "/accounts/me/erasure"));
            Assert.NotEqual(done.GetProperty("id").GetGuid(), again.GetProperty("id").GetGuid());
            Assert.Equal(done.GetProperty("proof").GetString(), again.GetProperty("previous").GetString());
        }
    }

    [Fact]
    public async Task A_record_that_was_changed_afterwards_is_not_intact()
    {
        using var owner = application.Owner();
        var (_, _, student) = await StudentAsync(owner, "Bo");
        using (student)
        {
            var done = await DoneAsync(student, await PostAsync(student, "/accounts/me/erasure"));
            await using var data = Npgsql.NpgsqlDataSource.Create(application.Database);
            await using var command = data.CreateCommand("UPDATE erasures SET removed = '{}' WHERE id = $1");
            command.Parameters.Add(new() { Value = done.GetProperty("id").GetGuid() });
            await command.ExecuteNonQueryAsync();
            var changed = await owner.GetFromJsonAsync<JsonElement>($"/erasures/{done.GetProperty("id").GetGuid()}");
            Assert.False(changed.GetProperty("is_intact").GetBoolean());
        }
    }

    [Fact]
    public async Task Instructors_erase_their_students_and_nobody_else_does()
    {
        using var owner = application.Owner();
        var (id, _, student) = await StudentAsync(owner, "Cy");
        var (_, _, other) = await StudentAsync(owner, "Di");
        var (instructorId, _, instructor) = await StudentAsync(owner, "Ines", "instructor");
        using (student)
        using (other)
        using (instructor)
        {
            using var refused = await other.PostAsync(new Uri($"/accounts/{id}/erasure", UriKind.Relative), null);
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            using var colleague = await instructor.PostAsync(new Uri($"/accounts/{instructorId}/erasure", UriKind.Relative), null);
            Assert.Equal(HttpStatusCode.NotFound, colleague.StatusCode);
            var done = await DoneAsync(instructor, await PostAsync(instructor, $"/accounts/{id}/erasure"));
            Assert.Equal("instructor", done.GetProperty("requested_by").GetString());
            var list = await instructor.GetFromJsonAsync<JsonElement>("/erasures");
            Assert.Contains(list.GetProperty("erasures").EnumerateArray(), one => one.GetProperty("id").GetGuid() == done.GetProperty("id").GetGuid());

            using var own = await student.GetAsync(new Uri($"/erasures/{done.GetProperty("id").GetGuid()}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.OK, own.StatusCode);
            using var hidden = await other.GetAsync(new Uri($"/erasures/{done.GetProperty("id").GetGuid()}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, hidden.StatusCode);
            using var listed = await other.GetAsync(new Uri("/erasures", UriKind.Relative));
            Assert.Equal(HttpStatusCode.Forbidden, listed.StatusCode);
        }
    }

    private async Task<(string Id, string Learner, HttpClient Client)> StudentAsync(HttpClient owner, string name, string role = "student")
    {
        using var response = await owner.PostAsJsonAsync("/accounts", new { name, roles = new[] { role } });
        var created = await response.Content.ReadFromJsonAsync<JsonElement>();
        var account = created.GetProperty("account");
        return (account.GetProperty("id").GetString()!, account.GetProperty("learner").GetString()!, application.ClientWith(created.GetProperty("token").GetString()!));
    }

    private static async Task<JsonElement> PostAsync(HttpClient client, string path)
    {
        using var response = await client.PostAsync(new Uri(path, UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static async Task<JsonElement> DoneAsync(HttpClient client, JsonElement erasure)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var now = await client.GetFromJsonAsync<JsonElement>($"/erasures/{erasure.GetProperty("id").GetGuid()}", limit.Token);
            if (now.GetProperty("done_at").ValueKind != JsonValueKind.Null)
            {
                return now;
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
