using System.Text.Json;
using Lyceum.Testing;

namespace Lyceum.TelemetryIngest.Tests;

public sealed class SecretTests(TelemetryApplication app) : IClassFixture<TelemetryApplication>
{
    [Theory]
    [InlineData("client = OpenAI('sk-proj-abcdefghijklmnop1234')", "client = OpenAI('****************************')")]
    [InlineData("git clone https://x:ghp_0123456789abcdefABCDEF0123456789abcd@github.com/a/b", "git clone https://x:****************************************@github.com/a/b")]
    [InlineData("aws AKIAIOSFODNN7EXAMPLE", "aws ********************")]
    [InlineData("password = \"hunter2\"", "password = \"*******\"")]
    [InlineData("connect(user='sam', password='it''s')", "connect(user='sam', password='**''s')")]
    [InlineData("os.environ['API_TOKEN'] = 'abc'", "os.environ['API_TOKEN'] = '***'")]
    [InlineData("{\"db_password\": \"hunter2\"}", "{\"db_password\": \"*******\"}")]
    [InlineData("get('https://a.example/x?token=abc123&y=1')", "get('https://a.example/x?token=******&y=1')")]
    [InlineData("postgres://sam:hunter2@db/x", "postgres://sam:*******@db/x")]
    [InlineData("Authorization: Bearer abcdefghijklmnop.qrst", "Authorization: Bearer *********************")]
    [InlineData("-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----******-----END PRIVATE KEY-----")]
    [InlineData("token = next(tokens)", "token = next(tokens)")]
    [InlineData("for key in d: print(key, d[key])", "for key in d: print(key, d[key])")]
    [InlineData("KeyError: 'ask-me'", "KeyError: 'ask-me'")]
    public async Task A_secret_in_code_or_traceback_is_masked_before_it_is_stored(string written, string stored)
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student(course: course));
        var now = TimeProvider.System.GetUtcNow();
        await client.SendAsync(
            Sent.Execution(now, "ValueError", code: written, value: written),
            Sent.Event("CellEditEvent", now, new { index = 1, doc = new[] { written } })).IngestedAsync();

        var failure = JsonElement.Parse(await app.OneAsync<string>("SELECT failure::text FROM events WHERE course = $1 AND failure IS NOT NULL", course));
        Assert.Equal(stored, failure.GetProperty("code").GetString());
        Assert.Equal(stored, failure.GetProperty("value").GetString());
        Assert.Equal($"ValueError: {stored}", failure.GetProperty("traceback")[0].GetString());
        Assert.Equal(stored, await app.OneAsync<string>("SELECT detail ->> 'code' FROM events WHERE course = $1 AND success IS NOT NULL", course));
        Assert.Equal(stored, await app.OneAsync<string>("SELECT detail #>> '{doc,0}' FROM events WHERE course = $1 AND success IS NULL", course));
    }

    [Fact]
    public async Task A_field_that_is_named_like_a_secret_is_masked_whatever_it_holds()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student(course: course));
        await client.SendAsync(Sent.Event("Odd", TimeProvider.System.GetUtcNow(), new { token = "abc", tokens = 7, settings = new { db_password = "x y" } })).IngestedAsync();
        var detail = JsonElement.Parse(await app.OneAsync<string>("SELECT detail::text FROM events WHERE course = $1", course));
        Assert.Equal("***", detail.GetProperty("token").GetString());
        Assert.Equal(7, detail.GetProperty("tokens").GetInt32());
        Assert.Equal("***", detail.GetProperty("settings").GetProperty("db_password").GetString());
    }

    [Fact]
    public async Task Colours_do_not_hide_a_secret_in_a_traceback()
    {
        var course = TelemetryApplication.NewCourse();
        using var client = app.ClientFor(TestIdentity.Student(course: course));
        await client.SendAsync(Sent.Execution(TimeProvider.System.GetUtcNow(), "ValueError", value: "\e[38;5;241mpassword\e[39m=\e[33m'hunter2'\e[39m")).IngestedAsync();
        Assert.Equal(0, await app.OneAsync<long>("SELECT count(*) FROM events e WHERE course = $1 AND e::text LIKE '%hunter2%'", course));
        Assert.Equal("ValueError: password='*******'", await app.OneAsync<string>("SELECT failure #>> '{traceback,0}' FROM events WHERE course = $1", course));
    }
}
