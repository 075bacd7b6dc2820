using System.Net;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;
using Npgsql;

namespace Lyceum.ChatService.Tests.Turns;

/// <summary>What a client has been told is on the disk: with a server of its own, which is killed, and which by itself writes nothing for ten seconds.</summary>
public sealed class KeptTurnTests : IAsyncLifetime
{
    private readonly PostgresServer _postgres = new();

    public async Task InitializeAsync()
    {
        await _postgres.InitializeAsync();
        await ExecuteAsync(await _postgres.CreateDatabaseAsync(), "ALTER SYSTEM SET wal_writer_delay = '10s'");
        await _postgres.StopAsync();
        await _postgres.StartAsync();
    }

    public Task DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task A_question_of_which_its_client_was_told_outlives_a_crash_of_PostgreSQL_and_so_does_its_record()
    {
        await using var suite = await ChatSuite.StartAsync(_postgres, Patient);
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look ");
        await using var stream = await suite.Student().StreamStartAsync("Why?");
        var session = (await stream.NextAsync("session")).GetProperty("session_id").GetString()!;
        await stream.NextAsync("delta");

        await _postgres.KillAsync();
        await _postgres.StartAsync();

        Assert.Equal("Why?", (await suite.Student().HistoryAsync(session))[0].GetProperty("content").GetString());
        Assert.True(await HasRecordAsync(suite), "There is no record of the turn.");
        held.GoOn.SetResult();
        Assert.Equal("done", (await stream.RestAsync())[^1].Name);
    }

    [Fact]
    public async Task A_flush_that_fails_for_a_moment_fails_no_turn()
    {
        await using var suite = await StartAsync("IF nextval('flushes') <= 2 THEN RAISE EXCEPTION 'no' USING ERRCODE = '57P03'; END IF;");

        var reply = await suite.Student().PostAsync("/llm/chat/", new { initial_message = "Why?" }, "k1");

        Assert.True(reply.Status == HttpStatusCode.OK, reply.Body.ToString());
        Assert.Single(suite.Model.Asked);
        Assert.True((long)(await ExecuteAsync(suite.Settings["ConnectionStrings:chatdb"]!, "SELECT last_value FROM flushes"))! > 2);
    }

    [Fact]
    public async Task Nobody_is_told_of_a_turn_that_may_not_be_on_the_disk_not_even_by_its_key()
    {
        await using var suite = await StartAsync("RAISE EXCEPTION 'no' USING ERRCODE = '57P03';", ("Conversations:StorePatience", "00:00:01"));
        var replica = new Tutoring((await suite.AddReplicaAsync()).ClientFor(TestIdentity.Student()));
        var held = new Held();
        suite.Model.Answer = ModelHostStandIn.SaysThenWaits(held, "Look.");
        var body = new { initial_message = "Why?" };

        foreach (var client in (Tutoring[])[suite.Student(), suite.Student(), replica])
        {
            var reply = await client.PostAsync("/llm/chat/", body, "k1");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.Status);
        }

        Assert.Single(suite.Model.Asked);
        held.GoOn.SetResult();
    }

    private static (string, string)[] Patient => [("Conversations:StorePatience", "00:01:00"), ("Conversations:TurnLease", "00:02:00")];

    /// <summary>A service whose flushes do something else first.</summary>
    private async Task<ChatSuite> StartAsync(string first, params (string, string)[] options)
    {
        var database = await _postgres.CreateDatabaseAsync();
        await ExecuteAsync(database, "CREATE SEQUENCE flushes");
        await ExecuteAsync(database, $"""
            CREATE FUNCTION public.pg_logical_emit_message(boolean, text, text) RETURNS pg_lsn LANGUAGE plpgsql AS $$
            BEGIN {first} RETURN pg_catalog.pg_logical_emit_message($1, $2, $3); END $$
            """);
        return await ChatSuite.StartAsync(_postgres, [("ConnectionStrings:chatdb", $"{database};Search Path=public,pg_catalog"), .. options]);
    }

    private static async Task<bool> HasRecordAsync(ChatSuite suite) =>
        await ExecuteAsync(suite.Settings["ConnectionStrings:chatdb"]!, "SELECT count(*) FROM turn_record") is 1L;

    private static async Task<object?> ExecuteAsync(string database, string sql)
    {
        await using var source = NpgsqlDataSource.Create(database + ";Pooling=false");
#pragma warning disable CA2100 // The tests' own statements.
        await using var command = source.CreateCommand(sql);
#pragma warning restore CA2100
        return await command.ExecuteScalarAsync();
    }
}
