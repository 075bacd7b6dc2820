using System.Net;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.ChatService.Tests.Erasures;

[Collection(SharedPostgres.Name)]
public sealed class ErasureTests(PostgresServer postgres)
{
    [Fact]
    public async Task An_erased_learner_is_in_no_table_and_others_are_as_before()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        var eve = TestIdentity.Student("eve");
        foreach (var student in (Tutoring[])[suite.As(eve), suite.Student()])
        {
            var session = (await student.PostAsync("/llm/chat/", new { initial_message = $"Why is it so?" }, key: "once")).Text("session_id");
            await student.HistoryWhenAsync(session, Tutoring.HasEnded);
            Assert.Equal(HttpStatusCode.OK, (await student.PostAsync($"/llm/chat/{session}/help/", new { note = "please" })).Status);
        }

        var before = await RowsAsync(suite, eve.Subject, eve.Learner);
        Assert.NotEqual(0, before.Values.Sum());
        var gateway = suite.As(TestIdentity.Service("gateway"));
        var erased = await gateway.PostAsync("/tutor/erasures", new { subject = eve.Subject, learner = eve.Learner, requested_at = TimeProvider.System.GetUtcNow() });
        Assert.Equal(HttpStatusCode.OK, erased.Status);
        var removed = erased.Body.GetProperty("removed");
        Assert.Equal((1, 2, 1), (removed.GetProperty("conversation").GetInt32(), removed.GetProperty("message").GetInt32(), removed.GetProperty("help_request").GetInt32()));
        Assert.All(await RowsAsync(suite, eve.Subject, eve.Learner), table => Assert.True(table.Value == 0, table.Key));
        Assert.Single((await suite.Student().GetAsync("/llm/chat/sessions/")).Body.GetProperty("sessions").EnumerateArray());
        Assert.Equal(1, (await RowsAsync(suite, TestIdentity.Student().Subject))["conversation"]);

        Assert.Empty((await gateway.PostAsync("/tutor/erasures", new { subject = eve.Subject, learner = eve.Learner })).Body.GetProperty("removed").EnumerateObject());
        Assert.Equal(HttpStatusCode.Forbidden, (await suite.Student().PostAsync("/tutor/erasures", new { subject = eve.Subject, learner = eve.Learner })).Status);
        Assert.Equal(HttpStatusCode.BadRequest, (await gateway.PostAsync("/tutor/erasures", new { learner = eve.Learner })).Status);
    }

    [Fact]
    public async Task A_learner_has_every_message_and_nothing_of_others()
    {
        await using var suite = await ChatSuite.StartAsync(postgres);
        await suite.Student("eve").StartAsync("What did Eve ask?");
        await suite.Student().StartAsync("What did Sam ask?");
        using var response = await suite.Student("eve").Http.GetAsync("/tutor/me/data");
        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        var tables = text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => System.Text.Json.JsonElement.Parse(line).GetProperty("table").GetString()).ToList();
        Assert.Equal((1, 2), (tables.Count(table => table == "conversation"), tables.Count(table => table == "message")));
        Assert.Contains("What did Eve ask?", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Sam", text, StringComparison.Ordinal);
        Assert.DoesNotContain("turn_record", tables);
    }

    /// <summary>By table, how many rows say any of the texts anywhere.</summary>
    private static async Task<Dictionary<string, long>> RowsAsync(ChatSuite suite, params string[] texts)
    {
        await using var data = NpgsqlDataSource.Create(suite.Settings["ConnectionStrings:chatdb"]!);
        Dictionary<string, long> tables = [];
        await using (var list = data.CreateCommand("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"))
        await using (var rows = await list.ExecuteReaderAsync())
        {
            while (await rows.ReadAsync())
            {
                tables[rows.GetString(0)] = 0;
            }
        }

        foreach (var table in tables.Keys)
        {
#pragma warning disable CA2100 // PostgreSQL's own names.
            await using var count = data.CreateCommand($"SELECT count(*) FROM {table} AS row WHERE EXISTS (SELECT FROM unnest($1) AS text WHERE row::text LIKE '%' || text || '%')");
#pragma warning restore CA2100
            count.Parameters.Add(new() { Value = texts });
            tables[table] = (long)(await count.ExecuteScalarAsync())!;
        }

        return tables;
    }
}
