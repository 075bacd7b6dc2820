using System.Net;
using Lyceum.ChatService.Actions;
using Lyceum.ChatService.Tests.StandIns;
using Lyceum.Testing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Lyceum.ChatService.Tests.Plugins;

[Collection(SharedPostgres.Name)]
public sealed class PluginCallTests(PostgresServer postgres)
{
    [Fact]
    public async Task Directives_decide_which_questions_a_plugin_is_for()
    {
        await using var suite = await PluginSuite.StartAsync(postgres);
        const string terms = "    searchTerms: [exam, due date]";

        await suite.AppliedAsync(PluginSuite.Dates("search_terms", terms));
        Assert.Equal((1, true), await OfferedAsync("When is the EXAM?"));
        Assert.Equal((1, true), await OfferedAsync("What is the due date?"));
        Assert.Equal((0, false), await OfferedAsync("For example, why is this false?"));
        await suite.AppliedAsync(PluginSuite.Dates("always"));
        Assert.Equal((1, true), await OfferedAsync("Why?"));
        await suite.AppliedAsync(PluginSuite.Dates("llm"));
        Assert.Equal((1, false), await OfferedAsync("Why?"));

        async Task<(int Tools, bool Explained)> OfferedAsync(string question)
        {
            await suite.Student.StartAsync(question);
            var asked = suite.Chat.Model.Last;
            return (asked.Tools.Count, asked.Contents("system").Any(text => text.Contains("as this course writes them", StringComparison.Ordinal)));
        }
    }

    [Fact]
    public async Task A_query_gives_rows_for_arguments_that_stay_values()
    {
        await using var suite = await StartAsync();
        Assert.Equal("""[{"student":"ada","points":9},{"student":"bob","points":5}]""", Flat(await RunAsync(suite, new { sheet = 1 })));
        Assert.Equal("""[{"student":"bob","points":5}]""", Flat(await RunAsync(suite, new { sheet = 1, who = "b%" })));
        Assert.Equal("[]", Flat(await RunAsync(suite, new { sheet = 1, who = "' OR '1'='1" })));
        Assert.Contains("not valid", (await RunAsync(suite, new { sheet = "1; DROP TABLE grade" })).Result, StringComparison.Ordinal);
        Assert.Equal(3L, await CountAsync(suite));
    }

    [Theory]
    [InlineData("DELETE FROM grade", "42601")]
    [InlineData("SELECT 1; DELETE FROM grade", "42601")]
    [InlineData("WITH gone AS (DELETE FROM grade RETURNING *) SELECT * FROM gone", "0A000")]
    [InlineData("SELECT wipe()", "25006")]
    [InlineData("SELECT set_config('transaction_read_only', 'off', true), wipe()", "25001")]
    [InlineData("SELECT * FROM nothing", "42P01")]
    public async Task A_query_cannot_write_or_be_two(string query, string state)
    {
        await using var suite = await StartAsync(query);

        var (_, status, result) = await RunAsync(suite, new { sheet = 1 });

        Assert.Equal("failed", status);
        Assert.Contains(state, result, StringComparison.Ordinal);
        Assert.Equal(3L, await CountAsync(suite));
    }

    [Fact]
    public async Task Rows_their_length_and_the_time_are_limited()
    {
        await using (var suite = await StartAsync("SELECT repeat('x', 100000) AS x FROM generate_series(1, 1000000)", 3, ("Plugins:MaxRowCharacters", "100"), ("Plugins:MaxRows", "2")))
        {
            Assert.Equal(2, (await RunAsync(suite, new { sheet = 1 })).Result!.Split(",\n").Length);
            Assert.InRange((await RunAsync(suite, new { sheet = 1 })).Result!.Length, 200, 210);
        }

        await using (var suite = await StartAsync("SELECT pg_sleep(600)", 3, ("Plugins:QueryTimeout", "00:00:01")))
        {
            Assert.Contains("within 1 s", (await RunAsync(suite, new { sheet = 1 })).Result, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_database_by_a_name_of_this_machine_is_not_asked_unless_that_is_allowed()
    {
        await using var suite = await StartAsync();
        await suite.AppliedAsync(suite.SqlConnection("localhost"));

        Assert.Contains("public internet", (await RunAsync(suite, new { sheet = 1 })).Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_API_is_called_with_its_connection_headers_and_defaults()
    {
        await using var suite = await PluginSuite.StartAsync(postgres);
        await suite.AppliedAsync(suite.ApiConnection(auth: "authMethod: basic\n    apiKey: ada:secret"), PluginSuite.ApiPlugin());
        suite.Api.Answer = context => context.Response.WriteAsync("""[{"a":1}, {"a":2}, {"a":3}]""");

        var (_, status, result) = await CallAsync(suite, "find_books", new { title = "A&B=C#/../x" });

        Assert.Equal(("done", """[{"a":1},{"a":2}]"""), (status, result));
        var call = Assert.Single(suite.Api.Called);
        Assert.Equal("/v1/books/?title=A%26B%3DC%23%2F..%2Fx&year=2020", call.Target);
        Assert.Equal(("Basic YWRhOnNlY3JldA==", "12345"), (call.Headers["Authorization"], call.Headers["X-API-Key"]));
        Assert.DoesNotContain(call.Headers.Keys, name => name.StartsWith("X-Lyceum", StringComparison.OrdinalIgnoreCase) || name.Equals("traceparent", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task An_API_does_not_lead_elsewhere_by_redirect_or_by_name()
    {
        await using var suite = await PluginSuite.StartAsync(postgres);
        await suite.AppliedAsync(suite.ApiConnection(), PluginSuite.ApiPlugin());
        suite.Api.Answer = context =>
        {
            context.Response.Redirect($"{suite.Api.Address}/internal");
            return Task.CompletedTask;
        };
        Assert.Contains("status 302", (await CallAsync(suite, "find_books", new { title = "a" })).Result, StringComparison.Ordinal);
        Assert.Single(suite.Api.Called);

        Assert.Equal(HttpStatusCode.NoContent, (await suite.Instructor.SendAsync(HttpMethod.Delete, "/tutor/courses/default/manifests/ApiPlugin/find_books")).Status);
        await suite.AppliedAsync(suite.ApiConnection($"http://localhost:{new Uri(suite.Api.Address).Port}"), PluginSuite.ApiPlugin());
        Assert.Contains("public internet", (await CallAsync(suite, "find_books", new { title = "a" })).Result, StringComparison.Ordinal);
        Assert.Single(suite.Api.Called);
    }

    [Fact]
    public async Task A_name_is_asked_for_once_and_what_it_answers_later_counts_for_nothing()
    {
        await using var api = new ApiStandIn();
        await api.StartAsync();
        var port = new Uri(api.Address).Port;
        var resolver = new ChangingResolver(IPAddress.Loopback, IPAddress.Parse("127.0.0.2"));
        using var calls = Calls(resolver, $"http://api.example:{port}", allowPrivate: true);

        Assert.Equal(200, (await calls.SendAsync("GET", new Uri($"http://api.example:{port}/"), null, CancellationToken.None)).Status);
        Assert.Equal(1, resolver.Asked);
        // The next call asks anew, and reaches what that answers: nothing listens there.
        Assert.NotNull((await calls.SendAsync("GET", new Uri($"http://api.example:{port}/"), null, CancellationToken.None)).Failure);
        Assert.Equal(2, resolver.Asked);
        Assert.Single(api.Called);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("64:ff9b::7f00:1")]
    public async Task A_name_with_private_addresses_alone_is_not_connected_to(string address)
    {
        var resolver = new ChangingResolver(IPAddress.Parse(address));
        using var calls = Calls(resolver, "http://api.example", allowPrivate: false);

        Assert.Contains("public internet", (await calls.SendAsync("GET", new Uri("http://api.example/"), null, CancellationToken.None)).Failure, StringComparison.Ordinal);
    }

    private static OutboundCalls Calls(ChangingResolver resolver, string host, bool allowPrivate) => new(
        Options.Create(new ActionsOptions { Hosts = { new AllowedHost { Url = host, AllowPrivate = allowPrivate } } }),
        new OutboundAddresses(resolver),
        TimeProvider.System,
        NullLogger<OutboundCalls>.Instance);

    private static string? Flat((string Name, string Status, string? Result) call) => call.Result?.ReplaceLineEndings("");

    private async Task<PluginSuite> StartAsync(string? query = null, int limit = 10, params (string Key, string Value)[] options)
    {
        var suite = await PluginSuite.StartAsync(postgres, options);
        await using var connection = new NpgsqlConnection(suite.Database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(
            """
            CREATE TABLE grade (student text, sheet int, points int);
            INSERT INTO grade VALUES ('ada', 1, 9), ('bob', 1, 5), ('ada', 2, 7);
            CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM grade RETURNING points';
            """,
            connection);
        await command.ExecuteNonQueryAsync();
        await suite.AppliedAsync(suite.SqlConnection(), query is null ? PluginSuite.SqlPlugin(limit: limit) : PluginSuite.SqlPlugin(query, limit));
        return suite;
    }

    private static Task<(string Name, string Status, string? Result)> RunAsync(PluginSuite suite, object arguments) => CallAsync(suite, "grades", arguments);

    private static async Task<(string Name, string Status, string? Result)> CallAsync(PluginSuite suite, string tool, object arguments)
    {
        suite.Chat.Model.Answer = ModelHostStandIn.InTurn(ModelHostStandIn.Calls("", (tool, arguments)), ModelHostStandIn.Says("So it is."));
        return (await suite.CallsAsync((await suite.Student.StartAsync("Tell me.")).Text("session_id"))).Single();
    }

    private static async Task<object?> CountAsync(PluginSuite suite)
    {
        await using var connection = new NpgsqlConnection(suite.Database.ConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT count(*) FROM grade", connection);
        return await command.ExecuteScalarAsync();
    }

    /// <summary>Answers one address after the other, and then the last.</summary>
    private sealed class ChangingResolver(params IPAddress[] answers) : IHostResolver
    {
        private int _asked;

        public int Asked => _asked;

        public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken) =>
            Task.FromResult<IPAddress[]>([answers[Math.Min(Interlocked.Increment(ref _asked), answers.Length) - 1]]);
    }
}
